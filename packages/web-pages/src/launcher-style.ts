import { hues } from './launcher-icon.ts';

/** What the launcher adds to the style of every page, as CSS. */
export const launcherStyle = `
.launcher { align-content: start; grid-template-columns: minmax(0, 68rem); padding: 2.5rem 1.5rem; }
.launcher header { display: grid; grid-template-columns: auto max-content minmax(0, 1fr); align-items: center; gap: .75rem 1rem; margin-bottom: 1.75rem; }
.launcher main { padding: 0; background: none; border: 0; }
.launcher .mark { position: static; }
.launcher h1 { margin: 0; }
.launcher footer { padding: 2rem 0 0; }
.person { display: flex; flex-wrap: wrap; justify-content: end; gap: .25rem 1rem; color: var(--soft); font-size: .9375rem; }
.person b { color: var(--ink); font-weight: 500; }
.person a { color: inherit; text-underline-offset: .2em; white-space: nowrap; }
.person a:hover { color: var(--ink); }
search { display: block; position: relative; }
search[hidden] { display: none; }
@media (scripting: enabled) { search[hidden] { display: block; visibility: hidden; } }
search svg {
  position: absolute; top: 50%; left: 1rem; width: 1.25rem; height: 1.25rem; transform: translateY(-50%); pointer-events: none;
  fill: none; stroke: var(--soft); stroke-width: 2; stroke-linecap: round;
}
input {
  width: 100%; padding: .8rem 1rem .8rem 2.9rem; border: 1px solid var(--edge); border-radius: 10px; appearance: none;
  background: var(--card); color: inherit; font: inherit; font-size: 1.0625rem;
}
input::placeholder { color: var(--soft); opacity: 1; }
input:focus-visible { outline-offset: -1px; }
.count { margin: .75rem 0; color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; }
.apps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .75rem; padding: 0; list-style: none; }
.apps a {
  display: flex; gap: .875rem; height: 100%; padding: .875rem; border: 1px solid var(--line); border-radius: 12px;
  background: var(--card); color: inherit; text-decoration: none; content-visibility: auto; contain-intrinsic-height: auto 4.5rem;
}
.apps a:hover { border-color: var(--edge); }
.apps a:focus-visible { outline-offset: 1px; }
search:focus-within ~ .found li:first-child a { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
search:focus-within ~ .found li:first-child a::after { content: '\\21b5' / ''; margin-left: auto; color: var(--accent); line-height: 1.3; }
.tile {
  position: relative; flex: none; display: grid; place-items: center; overflow: hidden; width: 2.75rem; height: 2.75rem; border-radius: 10px;
  background: var(--pale); color: var(--deep); font-size: 1.25rem; font-weight: 600; line-height: 1;
}
.tile img { position: absolute; inset: 0; width: 100%; height: 100%; padding: .25rem; background: #fffdf9; object-fit: contain; }
${hues.map(([pale, deep], hue) => `.hue-${hue} { --pale: ${pale}; --deep: ${deep}; }`).join('\n')}
@media (prefers-color-scheme: dark) { .tile { background: var(--deep); color: var(--pale); } }
.about { display: grid; align-content: center; align-self: start; min-width: 0; min-height: 2.75rem; line-height: 1.35; }
.title { font-weight: 600; }
.host { color: var(--soft); font-size: .8125rem; }
.description {
  display: -webkit-box; overflow: hidden; margin-top: .25rem; -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; font-size: .875rem;
}
.nothing { padding: 2rem 0; }
.unseen { position: absolute; overflow: hidden; width: 1px; height: 1px; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  .launcher { padding: 1.25rem 1rem; }
  .launcher header { margin-bottom: 1.25rem; }
  .person { grid-column: 1 / -1; justify-content: space-between; }
  .apps { gap: .5rem; }
  .apps a { padding: .75rem; }
}
`;
