import { checked, cspSourceOf } from './address.ts';
import { renderDocument } from './document.ts';
import type { Rendered } from './document.ts';
import { html, trustedHtml } from './html.ts';
import type { SafeHtml } from './html.ts';
import { hueOf, imageOf, tileSign } from './launcher-icon.ts';
import type { IconImage } from './launcher-icon.ts';
import { launcherStyle } from './launcher-style.ts';
import { markOf } from './marks.ts';
import { renderPage } from './page.ts';
import { style, styleSheet } from './style.ts';

/** An application that the person may open. */
export type App = {
  readonly title: string;
  /** An `http(s)` URL; anything else throws. */
  readonly href: string;
  /** As shown to people: the host, perhaps with a port. */
  readonly host: string;
  readonly description?: string | undefined;
  /**
   * An emoji, one or two letters, or an image: an `http(s)` URL or a path at the application. Without one, and for any
   * other text, the first letter of the title stands in.
   */
  readonly icon?: string | undefined;
};

type LauncherInput = {
  /** In the order in which they are listed. */
  readonly apps: readonly App[];
  readonly email: string;
  /** An `http(s)` URL or a path, as are the next ones. */
  readonly signOutHref: string;
  /** Where the person sees their sessions. */
  readonly accountHref: string;
  /** Where `launcherScript` is served. */
  readonly scriptHref: string;
  readonly requestId?: string | undefined;
};

/** Every origin of images stands in a header, and proxies on the way drop answers whose headers are too long. */
const maxImageOrigins = 50;

const sheet = styleSheet(style + launcherStyle);

/**
 * The page of the applications that a person may open, with a search. Throws a `TypeError` for an address that leads
 * nowhere safe. Images may come from the origins that the icons name and from no other; where these are more than fifty,
 * the icons of the later ones are left out.
 */
export function launcherPage({
  apps,
  email,
  signOutHref,
  accountHref,
  scriptHref,
  requestId,
}: LauncherInput): Rendered {
  if (apps.length === 0) return emptyPage(email, signOutHref, requestId);

  const entries = apps.map((app): Entry => ({ app, image: imageOf(app.icon ?? '', app.href) }));
  const origins = new Set(entries.flatMap(({ image }) => image?.origin ?? []));
  const imageSources = [...origins].slice(0, maxImageOrigins);

  return renderDocument({
    title: 'Applications',
    look: 'launcher',
    sheet,
    scriptSources: [cspSourceOf(scriptHref)],
    imageSources,
    requestId,
    content: html`
      <header>
        <div class="mark">${markOf('plain')}</div>
        <h1>Applications</h1>
        <p class="person">
          <span>Signed in as <b>${email}</b></span> <a href="${checked(accountHref)}">Your sessions</a>
          <a href="${checked(signOutHref)}">Sign out</a>
        </p>
      </header>
      <main>
        ${searchField}
        <p class="count" role="status">
          ${apps.length === 1 ? '1 application' : `${apps.length} applications`}
        </p>
        <ul class="apps" role="list">
          ${entries.map((entry) => listItem(entry, imageSources))}
        </ul>
        <p class="nothing" hidden>Nothing here matches. Only applications that you may open are listed.</p>
      </main>
      <script type="module" src="${scriptHref}"></script>
    `,
  });
}

type Entry = { readonly app: App; readonly image: IconImage | undefined };

// Hidden until the script is there: without it, nothing would happen on typing.
const searchField = trustedHtml(`<search hidden>
          <svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/></svg>
          <label class="unseen" for="search">Search applications</label>
          <input id="search" type="search" placeholder="Search" autocomplete="off" autocapitalize="off" spellcheck="false" />
        </search>`);

function listItem({ app, image }: Entry, imageSources: readonly string[]): SafeHtml {
  const { title, host, description } = app;
  const shown = image !== undefined && imageSources.includes(image.origin) ? image : undefined;
  return html`<li>
    <a href="${checkedUrl(app.href)}">
      ${tile(app, shown)}
      <span class="about">
        <span class="title">${title}</span>
        ${host === title ? undefined : html`<span class="host">${host}</span>`}
        ${description === undefined ? undefined : html`<span class="description">${description}</span>`}
      </span>
    </a>
  </li>`;
}

// The image lies over the letter, which is there for an image that does not come.
function tile({ title, icon = '' }: App, image: IconImage | undefined): SafeHtml {
  const picture =
    image &&
    html`<img src="${image.url}" alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" />`;
  return html`<span class="tile hue-${String(hueOf(title))}" aria-hidden="true"
    >${tileSign(icon, title)}${picture}</span
  >`;
}

function checkedUrl(href: string): string {
  if (cspSourceOf(href) === "'self'") throw new TypeError('an application has an http(s) URL');
  return href;
}

function emptyPage(email: string, signOutHref: string, requestId: string | undefined): Rendered {
  return renderPage({
    title: 'Applications',
    heading: 'No applications yet',
    paragraphs: [
      'You are signed in, but no application here is open to this account.',
      'Ask the people who run the one you need, and tell them the e-mail address below. If it is not the account you meant, sign out and choose another.',
    ],
    facts: [['Signed in as', email]],
    actions: [{ label: 'Sign out', href: signOutHref }],
    requestId,
    mood: 'plain',
  });
}
