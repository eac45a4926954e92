/** The words for a browser: ours alone, so that nothing that a stranger wrote is kept or shown. */
const browsers: ReadonlyArray<readonly [mark: string, name: string]> = [
  // Each pretends to be those below it.
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
];

const systems: ReadonlyArray<readonly [mark: string, name: string]> = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['CrOS', 'ChromeOS'],
  ['Windows', 'Windows'],
  ['Macintosh', 'Mac'],
  ['Linux', 'Linux'],
];

// No browser says more before it has named itself.
const longest = 512;

/** A browser in a few words, for people to recognise their own: `Firefox on Windows`. Undefined where it is none that we know. */
export function describeBrowser(userAgent: string | undefined): string | undefined {
  const text = userAgent?.slice(0, longest) ?? '';
  const named = (table: typeof browsers) => table.find(([mark]) => text.includes(mark))?.[1];
  const [browser, system] = [named(browsers), named(systems)];
  if (browser === undefined || system === undefined) return browser ?? system;
  return `${browser} on ${system}`;
}
