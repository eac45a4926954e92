import { accountStyle } from './account-style.ts';
import { checked, cspSourceOf } from './address.ts';
import { renderDocument } from './document.ts';
import type { Rendered } from './document.ts';
import { html } from './html.ts';
import type { SafeHtml } from './html.ts';
import { markOf } from './marks.ts';
import { style, styleSheet } from './style.ts';
import { agoOf, dateOf } from './times.ts';

/** A session of the person who looks at the page. */
export type OwnSession = {
  /** What stands for it in the form. It opens nothing. */
  readonly handle: string;
  /** In a few words; undefined where it is not known. */
  readonly browser?: string | undefined;
  readonly address?: string | undefined;
  /** Milliseconds since the epoch, as is the next one. */
  readonly signedInAt: number;
  readonly seenAt: number;
  /** Whether it is that of this very browser. */
  readonly isHere: boolean;
};

/** A program that acts for the person. */
export type OwnProgram = {
  /** What stands for it in the form. It opens nothing. */
  readonly handle: string;
  readonly name: string;
  /** Host of the application that it may use. */
  readonly application: string;
  readonly scopes: readonly string[];
  /** When the person approved, and when it last got a token; milliseconds since the epoch. */
  readonly since: number;
  readonly seenAt: number;
};

type AccountInput = {
  readonly email: string;
  /** The name of the provider. */
  readonly provider: string;
  readonly sessions: readonly OwnSession[];
  readonly programs: readonly OwnProgram[];
  /** Paths: where the forms are posted, and where a person signs out of this browser. */
  readonly endOneAction: string;
  readonly endProgramAction: string;
  readonly endAllAction: string;
  readonly signOutHref: string;
  /** What is said of the list as a whole, if anything. */
  readonly note?: string | undefined;
  readonly now: number;
  readonly requestId?: string | undefined;
};

const sheet = styleSheet(style + accountStyle);

/** The page on which a person sees where they are signed in, and signs out there. */
export function accountPage(input: AccountInput): Rendered {
  const { email, provider, sessions, programs, endAllAction, note, requestId } = input;
  return renderDocument({
    title: 'Your sessions',
    look: 'plain account',
    sheet,
    requestId,
    formTargets: [input.endOneAction, input.endProgramAction, endAllAction].map(cspSourceOf),
    content: html`<main>
      <div class="mark">${markOf('plain')}</div>
      <h1>Your sessions</h1>
      <p>
        You are signed in as <b>${email}</b> with ${provider},
        ${sessions.length === 1 ? 'in this browser only' : `in ${String(sessions.length)} browsers`}. If you
        do not know one of them, sign out everywhere and tell the people who run this.
      </p>
      <ul class="sessions" role="list">
        ${sessions.map((session) => listItem(session, input))}
      </ul>
      ${
        programs.length === 0
          ? undefined
          : html`<h2 class="group">Programs that act for you</h2>
              <ul class="sessions" role="list">
                ${programs.map((program) => programItem(program, input))}
              </ul>`
      }
      ${note === undefined ? undefined : html`<p class="note">${note}</p>`}
      <div class="actions">
        <form method="post" action="${checked(endAllAction)}">
          <button class="action primary">Sign out everywhere</button>
        </form>
        <a class="action" href="/">Back</a>
      </div>
    </main>`,
  });
}

function listItem(session: OwnSession, { endOneAction, signOutHref, now }: AccountInput): SafeHtml {
  const { browser = 'Unknown browser', address, signedInAt, seenAt, isHere } = session;
  return html`<li class="${isHere ? 'here' : 'there'}">
    <h2>${browser}${isHere ? html` <span class="badge">This browser</span>` : undefined}</h2>
    <dl>
      <dt>Last used</dt>
      <dd>${isHere ? 'now' : agoOf(seenAt, now)}</dd>
      <dt>Signed in</dt>
      <dd>${dateOf(signedInAt)}</dd>
      <dt>From</dt>
      <dd>${address ?? 'an unknown address'}</dd>
    </dl>
    ${
      isHere
        ? html`<a class="action" href="${checked(signOutHref)}">Sign out here</a>`
        : html`<form method="post" action="${checked(endOneAction)}">
            <input type="hidden" name="session" value="${session.handle}" />
            <button
              class="action"
              aria-label="Sign out this one: ${browser}, last used ${agoOf(seenAt, now)}"
            >
              Sign out this one
            </button>
          </form>`
    }
  </li>`;
}

function programItem(program: OwnProgram, { endProgramAction, now }: AccountInput): SafeHtml {
  const { handle, name, application, scopes, since, seenAt } = program;
  return html`<li class="there">
    <h2>${name}</h2>
    <dl>
      <dt>For</dt>
      <dd>${application}${scopes.length === 0 ? undefined : html`: ${scopes.join(', ')}`}</dd>
      <dt>Last token</dt>
      <dd>${agoOf(seenAt, now)}</dd>
      <dt>Let in</dt>
      <dd>${dateOf(since)}</dd>
    </dl>
    <form method="post" action="${checked(endProgramAction)}">
      <input type="hidden" name="program" value="${handle}" />
      <button class="action" aria-label="Shut out: ${name}, for ${application}">Shut out</button>
    </form>
  </li>`;
}
