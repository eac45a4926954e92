import { checked, cspSourceOf } from './address.ts';
import { renderDocument } from './document.ts';
import type { InlineScript, Rendered } from './document.ts';
import { html } from './html.ts';
import type { SafeHtml } from './html.ts';
import { markOf } from './marks.ts';
import type { Mood } from './marks.ts';
import { style, styleSheet } from './style.ts';

/** The address that a page stands at, which it need not know to lead there, or to be loaded again. */
export const thisAddress = Symbol('this address');

/** A link, or a form with one button. Addresses are `http(s)` URLs or paths; anything else throws. */
export type PageAction = { readonly label: string; readonly primary?: boolean | undefined } & (
  | { readonly href: string | typeof thisAddress }
  | { readonly newTab: string | typeof thisAddress }
  | {
      readonly post: string;
      readonly fields: Readonly<Record<string, string>>;
      /** one more field, for the person to fill in */
      readonly ask?: { readonly name: string; readonly label: string; readonly example: string };
    }
);

/** One line of facts: what it is, and what it is here. */
export type PageFact = readonly [label: string, value: string];

/** All that a page says, as plain text: escaping is the renderer's business. */
export type Page = {
  readonly title: string;
  readonly heading: string;
  /** Small print beside the mark, such as `403`. */
  readonly status?: string | undefined;
  readonly paragraphs: readonly string[];
  readonly facts?: readonly PageFact[] | undefined;
  readonly actions?: readonly PageAction[] | undefined;
  /** The id that the log line of this request has as well. */
  readonly requestId?: string | undefined;
  readonly mood: Mood;
  /** Other pages may frame it. It has no button then, and no link that does anything: a click there may not be meant. */
  readonly framed?: boolean | undefined;
  readonly script?: InlineScript | undefined;
};

const sheet = styleSheet(style);

/** Turns a page into the body and headers of its answer. Throws a `TypeError` for an action that leads nowhere safe. */
export function renderPage(page: Page): Rendered {
  const { title, mood, requestId, framed, script, actions = [] } = page;
  const formTargets = actions.flatMap((action) => ('post' in action ? [cspSourceOf(action.post)] : []));
  return renderDocument({
    title,
    look: mood,
    sheet,
    content: content(page),
    requestId,
    formTargets,
    framed,
    script,
  });
}

function content(page: Page): SafeHtml {
  return html`<main>
    <div class="mark">${markOf(page.mood)}</div>
    ${page.status === undefined ? undefined : html`<p class="status">${page.status}</p>`}
    <h1>${page.heading}</h1>
    ${page.paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)} ${factList(page.facts ?? [])}
    ${actionList(page.actions ?? [])}
  </main>`;
}

// Beside its label, a list of groups or a long address would be cut into lines that look like more of them.
const longestBeside = 60;

function factList(facts: readonly PageFact[]): SafeHtml | undefined {
  if (facts.length === 0) return undefined;
  const isStacked = facts.some(([, value]) => value.length > longestBeside);
  return html`<dl class="${isStacked ? 'facts stacked' : 'facts'}">
    ${facts.map(
      ([label, value]) =>
        html`<dt>${label}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function actionList(actions: readonly PageAction[]): SafeHtml | undefined {
  if (actions.length === 0) return undefined;
  return html`<div class="actions">${actions.map(actionElement)}</div>`;
}

function actionElement(action: PageAction): SafeHtml {
  const look = action.primary ? 'action primary' : 'action';
  if ('post' in action) {
    return html`<form method="post" action="${checked(action.post)}">
      ${Object.entries(action.fields).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      )}
      ${action.ask && question(action.ask)}
      <button class="${look}">${action.label}</button>
    </form>`;
  }
  if ('newTab' in action) {
    return html`<a class="${look}" href="${hrefOf(action.newTab)}" target="_blank" rel="noopener"
      >${action.label}</a
    >`;
  }
  return html`<a class="${look}" href="${hrefOf(action.href)}">${action.label}</a>`;
}

function question({
  name,
  label,
  example,
}: NonNullable<Extract<PageAction, { post: string }>['ask']>): SafeHtml {
  return html`<label class="ask"
    ><span>${label}</span
    ><input
      name="${name}"
      placeholder="${example}"
      required
      autofocus
      autocomplete="off"
      autocapitalize="characters"
      spellcheck="false"
      maxlength="40"
  /></label>`;
}

function hrefOf(address: string | typeof thisAddress): string {
  return address === thisAddress ? '' : checked(address);
}
