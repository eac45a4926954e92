import type { Position, YamlNode } from '@latchkey/upstreams';

/** A key of the file as it is written: in what it stands, where, and its value. */
export type SourceKey = {
  /** What it stands in, outermost first, and itself; entries of lists by number: `['0', 'default', 'options']`. */
  readonly path: readonly string[];
  readonly value: YamlNode;
  /** Behind an alias or `<<`, the place where one would change it. */
  readonly at: Position;
};

/** Every key of a tree, those behind aliases included, each followed by those that stand in it. */
export function keysOf(node: YamlNode | undefined, path: readonly string[] = []): SourceKey[] {
  if (node?.kind === 'list') return node.items.flatMap((item, at) => keysOf(item, [...path, String(at)]));
  if (node?.kind !== 'mapping') return [];
  return [...node.entries].flatMap(([name, { at, value }]) => {
    const own = [...path, name];
    return [{ path: own, value, at }, ...keysOf(value, own)];
  });
}

/** The text of a value; empty for lists and mappings. */
export function textOf(value: YamlNode): string {
  return value.kind === 'scalar' ? value.text : '';
}

/** What a key stands in and itself, as one would say it, without the numbers of list entries. */
export function nameOfPath(path: readonly string[]): string {
  return path.filter((label) => !/^\d+$/.test(label)).join('.');
}
