import type { Position } from '../types.ts';

/** One value of the file with its place. An aliased value is one node that hangs in several places. */
export type YamlNode = YamlScalar | YamlList | YamlMapping;

type NodeCommon = {
  /** Where the value begins, with its quote or bracket if it has one. */
  at: Position;
  /** How many values it holds, itself included, with every alias counted for all that it stands for. At most 500 000. */
  size: number;
  /** The name that it was marked with, `&name`. Another place with the same node has it as `*name`. */
  anchor: string | undefined;
};

export type YamlScalar = NodeCommon & {
  kind: 'scalar';
  /** The value as a text: without quotes and escapes, template variables filled in. Empty where nothing is written. */
  text: string;
  /** Without quotes and without the tag `!!str`: only then can it be a truth value or nothing at all. */
  plain: boolean;
  /** Whether it holds a template variable, filled in or not. */
  templated: boolean;
  /** Whether it holds a template variable that has no value, so that what it says is not known. */
  unresolved: boolean;
  /** Where a character of `text` stands in the file. */
  inside: (offset: number) => Position;
};

export type YamlList = NodeCommon & { kind: 'list'; items: readonly YamlNode[] };

/** The merge key `<<` is already carried out, and of keys that are there twice the last is left. */
export type YamlMapping = NodeCommon & {
  kind: 'mapping';
  /** By name: those that are written here in the order of the file, then those that `<<` brought. */
  entries: ReadonlyMap<string, YamlEntry>;
  /** Those that have no effect, because the same key stands here again. */
  dropped: ReadonlyArray<YamlEntry & { name: string }>;
};

export type YamlEntry = {
  /** Where the key stands. One that `<<` brought stands in the mapping that it is from. */
  at: Position;
  value: YamlNode;
  /** Whether the name of the key holds a template variable that has no value. */
  unresolved: boolean;
  /** Whether the value is an `*alias` here, so that what is in it stands elsewhere in the file. */
  aliased: boolean;
  /** The mapping that `<<` brought it from. */
  mergedFrom: YamlMapping | undefined;
};

const nullTexts: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

/** Whether the value was left out, or is YAML's null. */
export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.plain && nullTexts.has(node.text);
}
