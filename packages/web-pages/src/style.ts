import { createHash } from 'node:crypto';
import { trustedHtml } from './html.ts';
import type { SafeHtml } from './html.ts';

/** A style sheet within a page, and what the content security policy calls it. */
export type StyleSheet = { readonly element: SafeHtml; readonly source: string };

/** The style of every page, as CSS. System fonts only, so nothing is loaded from anywhere. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f4f0e8; --card: #fffdf9; --ink: #231f18; --soft: #6b6254; --line: #e4ddcf; --edge: #8f8571;
  --solid: #2b261d; --on-solid: #fffdf9; --accent: #86590f;
}
.refused { --accent: #a33a22; }
.broken { --accent: #4a5a8c; }
.done { --accent: #2d6a45; }
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14120e; --card: #1d1a15; --ink: #ece6da; --soft: #a89f8e; --line: #353027; --edge: #7d7463;
    --solid: #ece6da; --on-solid: #1d1a15; --accent: #dcb267;
  }
  .refused { --accent: #f0937c; }
  .broken { --accent: #a9b8ec; }
  .done { --accent: #8acca2; }
}
* { box-sizing: border-box; margin: 0; }
body {
  display: grid; align-content: center; justify-content: center; grid-template-columns: minmax(0, 29rem);
  min-height: 100vh; min-height: 100dvh; padding: 3.5rem 1rem max(2rem, 10vh);
  background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
main {
  position: relative; padding: 3rem 2rem 2rem;
  background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--accent); border-radius: 4px 4px 14px 14px;
}
.mark {
  position: absolute; top: -1.6rem; left: 2rem; display: grid; place-items: center; width: 3.2rem; height: 3.2rem;
  background: var(--card); border: 3px solid var(--accent); border-radius: 50%; color: var(--accent);
}
.mark svg { width: 1.75rem; height: 1.75rem; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.status { position: absolute; top: 1rem; right: 2rem; color: var(--soft); font: .875rem ui-monospace, Menlo, Consolas, monospace; }
h1 {
  margin-bottom: .75rem; text-wrap: balance;
  font: 600 1.75rem/1.2 ui-serif, Charter, 'Iowan Old Style', 'Palatino Linotype', Georgia, 'Noto Serif', serif;
}
p + p { margin-top: .75rem; }
p { text-wrap: pretty; }
dl {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .375rem 1.25rem; margin-top: 1.5rem; padding: 1rem 0;
  border: solid var(--line); border-width: 1px 0; font-size: .9375rem;
}
dl:last-child { padding-bottom: 0; border-bottom: 0; }
dt { color: var(--soft); }
dd { font-weight: 500; }
.stacked { grid-template-columns: minmax(0, 1fr); gap: 0; }
.stacked dd + dt { margin-top: .625rem; }
.actions { display: grid; gap: .75rem; margin-top: 1.5rem; }
.action {
  display: block; width: 100%; padding: .7rem 1rem; border: 1px solid var(--edge); border-radius: 8px; background: none; color: inherit;
  font: inherit; font-weight: 550; line-height: 1.4; text-align: center; text-decoration: none; cursor: pointer;
}
.action:hover { border-color: var(--ink); }
.ask { display: grid; gap: .25rem; margin-bottom: .75rem; color: var(--soft); font-size: .9375rem; }
.ask input {
  width: 100%; padding: .7rem 1rem; border: 1px solid var(--edge); border-radius: 8px; background: var(--paper); color: var(--ink);
  font: 1.25rem ui-monospace, Menlo, Consolas, monospace; letter-spacing: .1em; text-transform: uppercase;
}
.ask input::placeholder { color: var(--soft); opacity: .6; }
.primary { background: var(--solid); border-color: var(--solid); color: var(--on-solid); }
.primary:hover { opacity: .88; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1.5rem; padding: 1rem 2rem 0; color: var(--soft); font-size: .8125rem; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; user-select: all; }
@media (max-width: 26rem) {
  main { padding: 2.75rem 1.25rem 1.25rem; }
  .mark { left: 1.25rem; }
  .status { right: 1.25rem; }
  h1 { font-size: 1.5rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd + dt { margin-top: .625rem; }
  footer { padding-inline: 1.25rem; }
}
@media (max-height: 24rem) {
  body { padding: 1.75rem 1rem .75rem; font-size: .9375rem; line-height: 1.45; }
  main { padding: 1.75rem 1.25rem 1rem; }
  .mark { top: -1.3rem; left: 1.25rem; width: 2.6rem; height: 2.6rem; }
  .status { top: .5rem; right: 1.25rem; }
  h1 { margin-bottom: .375rem; font-size: 1.25rem; }
  p + p { margin-top: .375rem; }
  .actions { margin-top: 1rem; }
  footer { padding: .5rem 1.25rem 0; }
}
`;

/** Makes a style sheet of CSS; the policy names it by the hash of exactly the text between the tags. */
export function styleSheet(css: string): StyleSheet {
  return {
    element: trustedHtml(`<style>${css}</style>`),
    source: `'sha256-${createHash('sha256').update(css).digest('base64')}'`,
  };
}
