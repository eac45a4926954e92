import type { SourceKey } from './key.ts';

/** Aliases of aliases grow without end, and nobody writes this many keys. */
const MOST_KEYS = 100_000;

/**
 * The keys with those that an alias stands for added behind it. They keep their place in the file: that is where one would
 * change them. `<<` adds them beside itself.
 */
export function graftAliases(keys: readonly SourceKey[]): SourceKey[] {
  const grafted: SourceKey[] = [];
  const anchors = new Map<string, number>();
  for (const key of keys) {
    grafted.push(key);
    const anchor = /^&(\S+)/.exec(key.text)?.[1];
    if (anchor !== undefined) anchors.set(anchor, grafted.length - 1);
    const place = key.path.at(-1) === '<<' ? key.path.slice(0, -1) : key.path;
    for (const [, alias = ''] of key.text.matchAll(/^\[?\s*\*([^\s,\]]+)/g)) {
      const source = anchors.get(alias);
      if (source === undefined || grafted.length > MOST_KEYS) continue;
      const depth = grafted[source]?.path.length ?? 0;
      const below = keysBelow(grafted, source);
      grafted.push(...below.map((copy) => ({ ...copy, path: [...place, ...copy.path.slice(depth)] })));
    }
  }
  return grafted;
}

/** Whether `path` is `ancestor` or lies below it. */
export function isBelow(path: readonly string[], ancestor: readonly string[]): boolean {
  return ancestor.every((label, at) => path[at] === label);
}

/** What stands in a key follows it without a gap. */
function keysBelow(keys: readonly SourceKey[], index: number): readonly SourceKey[] {
  const { path } = keys[index] ?? { path: [] };
  let end = index + 1;
  while (isBelow(keys[end]?.path ?? [], path) && end < keys.length) end += 1;
  return keys.slice(index + 1, end);
}
