import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const style = `
:root { color-scheme: light dark; --ground: #f3f1ec; --card: #fff; --ink: #22262b; --soft: #5c636b; --line: #d8d4ca; --accent: #1d5c4d; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15181b; --card: #1e2226; --ink: #eceae5; --soft: #a3a9b0; --line: #383e45; --accent: #7fd1b9; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; padding: 1.75rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.25; }
p { margin: 0 0 1.25rem; color: var(--soft); }
form { display: grid; gap: .625rem; }
button { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: transparent; color: inherit; font: inherit; text-align: left; overflow-wrap: anywhere; cursor: pointer; }
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button.quiet { border-color: transparent; color: var(--soft); }
`;

// No form-action here: Chromium applies it to the redirects after a form as well, and the answer to this one is a
// redirect to wherever the application lives.
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers that belong to {@link renderPage}. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentSecurityPolicy,
  'cache-control': 'no-store',
};

/** Makes text safe between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole page. `title` and `text` are plain text, `form` is markup that its maker has escaped. */
export function renderPage(page: { title: string; text: string; form?: string }): string {
  const title = escapeHtml(page.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escapeHtml(page.text)}</p>
${page.form ?? ''}
</main>
</body>
</html>
`;
}

/** Answers with a page. */
export function sendPage(
  response: ServerResponse,
  status: number,
  page: Parameters<typeof renderPage>[0],
): void {
  response.writeHead(status, pageHeaders).end(renderPage(page));
}
