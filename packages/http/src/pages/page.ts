import { sourceOf } from './address.ts';
import { html, htmlText, trustedHtml } from './html.ts';
import type { SafeHtml } from './html.ts';
import { markOf } from './marks.ts';
import type { Mood } from './marks.ts';
import { style, styleSource } from './style.ts';

/** A link, or a form with one button. Addresses are `http(s)` URLs or paths; anything else throws. */
export type Action = { readonly label: string; readonly primary?: boolean | undefined } & (
  { readonly href: string } | { readonly post: string; readonly fields: Readonly<Record<string, string>> }
);

/** One line of facts: what it is, and what it is here. */
export type Fact = readonly [label: string, value: string];

/** All that a page says, as plain text: escaping is the renderer's business. */
export type Page = {
  readonly title: string;
  readonly heading: string;
  /** Small print beside the mark, such as `403`. */
  readonly status?: string | undefined;
  readonly paragraphs: readonly string[];
  readonly facts?: readonly Fact[] | undefined;
  readonly actions?: readonly Action[] | undefined;
  /** The id that the log line of this request has as well. */
  readonly requestId?: string | undefined;
  readonly mood: Mood;
};

/** Turns a page into the body and headers of its answer. Throws a `TypeError` for an action that leads nowhere safe. */
export function renderPage(page: Page): { body: string; headers: Record<string, string> } {
  return { body: htmlText(document(page)), headers: headersFor(page.actions ?? []) };
}

function headersFor(actions: readonly Action[]): Record<string, string> {
  const formTargets = new Set(actions.flatMap((action) => ('post' in action ? [sourceOf(action.post)] : [])));
  const policy = [
    "default-src 'none'",
    `style-src ${styleSource}`,
    `form-action ${[...formTargets].join(' ') || "'none'"}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Not `no-referrer`: under that one, browsers send `Origin: null` with our own forms, and we refuse those.
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

const styleElement = trustedHtml(`<style>${style}</style>`);

function document(page: Page): SafeHtml {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title}</title>
        ${styleElement}
      </head>
      <body class="${page.mood}">
        <main>
          <div class="mark">${markOf(page.mood)}</div>
          ${page.status === undefined ? undefined : html`<p class="status">${page.status}</p>`}
          <h1>${page.heading}</h1>
          ${page.paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)} ${factList(page.facts ?? [])}
          ${actionList(page.actions ?? [])}
        </main>
        <footer>
          <span>Latchkey</span>
          ${page.requestId === undefined ? undefined : html`<span>Reference: <code>${page.requestId}</code></span>`}
        </footer>
      </body>
    </html> `;
}

function factList(facts: readonly Fact[]): SafeHtml | undefined {
  if (facts.length === 0) return undefined;
  return html`<dl>
    ${facts.map(
      ([label, value]) =>
        html`<dt>${label}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function actionList(actions: readonly Action[]): SafeHtml | undefined {
  if (actions.length === 0) return undefined;
  return html`<div class="actions">${actions.map(actionElement)}</div>`;
}

function actionElement(action: Action): SafeHtml {
  const look = action.primary ? 'action primary' : 'action';
  if ('post' in action) {
    return html`<form method="post" action="${checked(action.post)}">
      ${Object.entries(action.fields).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      )}
      <button class="${look}">${action.label}</button>
    </form>`;
  }
  return html`<a class="${look}" href="${checked(action.href)}">${action.label}</a>`;
}

function checked(address: string): string {
  sourceOf(address);
  return address;
}
