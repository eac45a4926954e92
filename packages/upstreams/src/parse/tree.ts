import type { Position } from '../types.ts';

/** One value of the file with its place. An aliased value is one node that hangs in several places. */
export type YamlNode = YamlScalar | YamlList | YamlMapping;

/** `plain` means without quotes and without the tag `!!str`: only then can it be a truth value or nothing at all. */
export type YamlScalar = { kind: 'scalar'; at: Position; size: number; text: string; plain: boolean };

export type YamlList = { kind: 'list'; at: Position; size: number; items: readonly YamlNode[] };

/** The merge key `<<` is already carried out, and of keys that are there twice the last is left. */
export type YamlMapping = {
  kind: 'mapping';
  at: Position;
  size: number;
  entries: ReadonlyMap<string, YamlEntry>;
};

/** `at` is where the key stands. */
export type YamlEntry = { at: Position; value: YamlNode };

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

/** Whether the value was left out, or is YAML's null. */
export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.plain && NULLS.has(node.text);
}
