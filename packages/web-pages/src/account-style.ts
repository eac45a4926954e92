/** What the page of a person's sessions adds to the style of every page, as CSS. */
export const accountStyle = `
.account { grid-template-columns: minmax(0, 38rem); }
.sessions { display: grid; gap: .75rem; margin-top: 1.5rem; padding: 0; list-style: none; }
.sessions li {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: start; gap: .25rem 1rem; padding: 1rem;
  border: 1px solid var(--line); border-radius: 10px;
}
.sessions .here { border-color: var(--accent); }
.sessions h2 { font-size: 1.0625rem; font-weight: 600; line-height: 1.35; }
.sessions dl { grid-column: 1; margin: .25rem 0 0; padding: 0; border: 0; gap: 0 1rem; font-size: .875rem; }
.sessions dd { font-weight: 400; }
.sessions .action { width: auto; padding: .4rem .875rem; font-size: .9375rem; }
.sessions form, .sessions > li > a { grid-column: 2; grid-row: 1 / span 2; }
.badge { display: inline-block; margin-left: .375rem; color: var(--accent); font-size: .875rem; font-weight: 500; }
.group { margin-top: 2rem; font-size: 1.1875rem; font-weight: 600; line-height: 1.35; }
.note { margin-top: 1.25rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 34rem) {
  .sessions li { grid-template-columns: minmax(0, 1fr); }
  .sessions form, .sessions > li > a { grid-column: 1; grid-row: auto; margin-top: .625rem; }
  .sessions .action { width: 100%; }
}
`;
