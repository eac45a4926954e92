import type { DiagnosticName } from '../diagnostics.ts';
import type { YamlNode } from '../parse/tree.ts';
import type { Report } from '../problems.ts';
import type { Position } from '../types.ts';

/** What JSON Schema says about a value, with the keywords by which editors explain it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Stands for a value that is written and cannot be read. It has been reported as an error, so there will be no table, and
 * whatever else it would lead to is no news: nothing is reported that hangs on such a value.
 */
export const UNREADABLE = Symbol('unreadable');
export type Unreadable = typeof UNREADABLE;

/** A value that remembers where it stands. */
export type Located<T> = { value: T; at: Position };

/** Reads one value of the file. `schema` says the same to an editor. */
export type Reader<T> = {
  schema: JsonSchema;
  /** The value, or a report of what is wrong with it. */
  read(node: YamlNode, report: Report): T | Unreadable;
};

/** What a reader gives of a value that it can read. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** Reports what is being read, and gives what stands for it. */
export type Refuse = (name: DiagnosticName, at: Position, message: string) => Unreadable;

/** A sentence about a value, as editors show it: those that read Markdown, and those that do not. */
export function explained(markdown: string): JsonSchema {
  return { description: markdown.replaceAll('`', ''), markdownDescription: markdown };
}

/** The same about each of several values to choose from. */
export function enumExplained(markdown: readonly string[]): JsonSchema {
  return {
    enumDescriptions: markdown.map((text) => text.replaceAll('`', '')),
    markdownEnumDescriptions: markdown,
  };
}

/** Makes a reader. */
export function reader<T>(
  schema: JsonSchema,
  read: (node: YamlNode, refuse: Refuse) => T | Unreadable,
): Reader<T> {
  return {
    schema,
    read(node, report) {
      if (node.kind === 'scalar' && node.unresolved) return UNREADABLE;
      return read(node, (name, at, message) => {
        report(name, at, message);
        return UNREADABLE;
      });
    },
  };
}

/** A list, each entry of which `entry` reads. One bad entry does not spoil the others. */
export function list<T>(description: string, entry: Reader<T>): Reader<ReadonlyArray<T | Unreadable>> {
  const schema = {
    type: 'array',
    ...explained(description),
    errorMessage: 'A list belongs here: write `[value]`, or one `- value` per line',
    items: entry.schema,
  };
  return {
    schema,
    read(node, report) {
      if (node.kind === 'list') return node.items.map((item) => entry.read(item, report));
      if (node.kind === 'scalar' && node.unresolved) return UNREADABLE;
      const example = node.kind === 'scalar' && /^.{1,40}$/.test(node.text) ? node.text : 'value';
      report('notList', node.at, `A list belongs here: write \`[${example}]\``);
      return UNREADABLE;
    },
  };
}

/** What can be read of `value`. For where it makes no difference whether something is unreadable or not written. */
export function readable<T>(value: T | Unreadable | undefined): T | undefined {
  return value === UNREADABLE ? undefined : value;
}

/** Those of `values` that can be read. */
export function readableOf<T>(values: ReadonlyArray<T | Unreadable> | Unreadable | undefined): T[] {
  return (readable(values) ?? []).filter((value): value is T => value !== UNREADABLE);
}
