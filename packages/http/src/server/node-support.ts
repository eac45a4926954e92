const oldestMajor = 24;

/** What to report when we are started with a Node that is too old, as `20.20.2` is; undefined where it will do. */
export function unsupportedNode(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= oldestMajor) return undefined;
  return `Latchkey needs Node ${oldestMajor} or newer, and this is Node ${version}. In a checkout, \`npm run setup\` puts the right one into node_modules/.bin.`;
}
