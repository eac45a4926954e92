import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const style = `
:root { color-scheme: light dark; --paper: #f4f0e8; --card: #fffdf9; --ink: #231f18; --soft: #6b6254; --line: #e4ddcf; --edge: #8f8571; --accent: #1d5c6d; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14120e; --card: #1d1a15; --ink: #ece6da; --soft: #a89f8e; --line: #353027; --edge: #7d7463; --accent: #85c8d9; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 0 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 1.25rem 0; border-bottom: 1px solid var(--line); }
nav a { padding: .25rem 0; color: var(--soft); text-decoration: none; }
nav a[aria-current] { color: var(--ink); font-weight: 600; }
nav a:last-child { margin-left: auto; }
a { color: var(--accent); }
h1, h2 { font-family: ui-serif, Georgia, 'Noto Serif', serif; line-height: 1.2; text-wrap: balance; }
h1 { margin: 2.5rem 0 .5rem; font-size: 2rem; }
h1 + p { margin-top: 0; color: var(--soft); }
section, article { margin-top: 1.25rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
h2 { margin: 0 0 .5rem; font-size: 1.1875rem; }
section > :last-child, article > :last-child { margin-bottom: 0; }
section p { color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .4rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
tr:first-child > * { border-top: 0; }
th { width: 13rem; padding-right: 1rem; color: var(--soft); font-weight: 400; }
td, code, output { font-family: ui-monospace, Menlo, Consolas, monospace; }
output { display: block; font-size: 1.25rem; }
form { display: flex; gap: .5rem; margin-top: .75rem; }
input, button { min-width: 0; padding: .5rem .75rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); color: inherit; font: inherit; }
input { flex: 1; }
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 32rem) { th, td { display: block; width: auto; border: 0; padding: 0; } td { padding-bottom: .5rem; } }
`;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
};

export type AppName = 'hello' | 'wiki' | 'vault' | 'intranet';

/** `title` and `lead` are plain text; `body` is markup that its maker has escaped; `script` is a path on this host. */
export type Page = { title: string; lead: string; body?: string; script?: string };

/** Makes text safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Answers with a page that all applications share the look of. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  app: AppName,
  page: Page,
  status = 200,
): void {
  const title = escapeHtml(page.title);
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
${page.script === undefined ? '' : `<script src="${page.script}" defer></script>`}
</head>
<body>
${navigation(request, app)}
<main>
<h1>${title}</h1>
<p>${escapeHtml(page.lead)}</p>
${page.body ?? ''}
</main>
</body>
</html>
`;
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
}

function navigation(request: IncomingMessage, current: AppName): string {
  const domain = publicDomain(request, current);
  if (domain === undefined) return '';
  const link = (app: AppName, label: string): string => {
    const mark = app === current ? ' aria-current="page"' : '';
    return `<a href="//${app}.${domain}/"${mark}>${label}</a>`;
  };
  return `<nav>
${link('hello', 'Hello')}
${link('wiki', 'Wiki')}
${link('vault', 'Vault')}
${link('intranet', 'Intranet')}
<a href="/oauth2/sign_out">Sign out</a>
</nav>`;
}

/** What follows `hello.` in the address that the person sees, which only the proxy can know. */
function publicDomain(request: IncomingMessage, app: AppName): string | undefined {
  const host = String(request.headers['x-forwarded-host'] ?? request.headers.host ?? '');
  const [, name, domain] = /^(\w+)\.([a-z0-9.-]+(?::\d+)?)$/.exec(host) ?? [];
  return name === app ? domain : undefined;
}
