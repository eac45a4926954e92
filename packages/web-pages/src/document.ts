import { createHash } from 'node:crypto';
import { html, htmlText, trustedHtml } from './html.ts';
import type { SafeHtml } from './html.ts';
import type { StyleSheet } from './style.ts';

/** A page ready to be sent: the text of its body and the headers that belong to it. */
export type Rendered = { body: string; headers: Record<string, string> };

/** A script of this source within a page, and what the policy calls it. */
export type InlineScript = { readonly element: SafeHtml; readonly source: string };

/** Makes a script of a page; the policy names it by the hash of exactly the text between the tags. */
export function inlineScript(code: string): InlineScript {
  return {
    element: trustedHtml(`<script>${code}</script>`),
    source: `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  };
}

type Document = {
  readonly title: string;
  /** Class of the body: what the style sheet goes by. */
  readonly look: string;
  readonly sheet: StyleSheet;
  /** Everything above the footer. */
  readonly content: SafeHtml;
  readonly requestId?: string | undefined;
  /** Other pages may frame it. */
  readonly framed?: boolean | undefined;
  /** Where forms may go, where scripts and images may come from, as a content security policy spells it. */
  readonly formTargets?: readonly string[];
  /** Runs once everything above it is there. */
  readonly script?: InlineScript | undefined;
  readonly scriptSources?: readonly string[];
  readonly imageSources?: readonly string[];
};

/** What every page has around its content: head, footer, and headers that allow what the page has and nothing else. */
export function renderDocument(document: Document): Rendered {
  const { title, look, sheet, content, script, requestId } = document;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${sheet.element}
      </head>
      <body class="${look}">
        ${content}
        <footer>
          <span>Latchkey</span>
          ${requestId === undefined ? undefined : html`<span>Reference: <code>${requestId}</code></span>`}
        </footer>
        ${script?.element}
      </body>
    </html> `;
  return { body: htmlText(page), headers: headersFor(document) };
}

function headersFor({
  sheet,
  framed = false,
  formTargets = [],
  script,
  scriptSources = [],
  imageSources = [],
}: Document): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src ${sheet.source}`,
    ...directive('script-src', [...(script === undefined ? [] : [script.source]), ...scriptSources]),
    ...directive('img-src', imageSources),
    `form-action ${[...new Set(formTargets)].join(' ') || "'none'"}`,
    "base-uri 'none'",
    ...(framed ? [] : ["frame-ancestors 'none'"]),
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    ...(!framed && { 'x-frame-options': 'DENY' }),
    // The address of a page of ours may hold a code or a signed link, which an application on the same host is not to
    // see. Under `no-referrer` browsers send `Origin: null` with our own forms, and we refuse those.
    'referrer-policy': formTargets.length === 0 ? 'no-referrer' : 'same-origin',
    'cache-control': 'no-store',
  };
}

function directive(name: string, sources: readonly string[]): string[] {
  return sources.length === 0 ? [] : [`${name} ${sources.join(' ')}`];
}
