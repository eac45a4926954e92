import type { z } from 'zod';
import { isDiagnosticName } from '../diagnostics.ts';
import type { DiagnosticName } from '../diagnostics.ts';
import { isNull } from '../parse/tree.ts';
import type { YamlNode } from '../parse/tree.ts';
import { flowList } from '../print/scalar.ts';
import type { Report } from '../problems.ts';
import type { Position } from '../types.ts';

/** What JSON Schema says about a value, with the keywords by which editors explain it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Stands for a value that is written and cannot be read. It has been reported as an error, so there will be no table, and
 * whatever else it would lead to is no news: nothing is reported that hangs on such a value.
 */
export const unreadableValue = Symbol('unreadable');
export type Unreadable = typeof unreadableValue;

/** A value that remembers where it stands. */
export type Located<T> = { value: T; at: Position };

/** Reads one value of the file. `schema` says the same to an editor. */
export type Reader<T> = {
  schema: JsonSchema;
  /** The value, or a report of what is wrong with it. */
  read(node: YamlNode, report: Report): T | Unreadable;
};

/** What an operator reads about a field, in Markdown. */
export type About = {
  meaning: string;
  /** What holds where it is not written; absent for what has to be written. */
  default?: string;
  /** A value as the file may have it, in YAML. */
  example: string;
};

/** A reader of one field, with what docs/upstreams.md tells of it: editors show the same. */
export type FieldReader<T> = Reader<T> & { about: About & { type: string } };

/** What a reader gives of a value that it can read. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** Reports what is being read, and gives what stands for it. */
export type Refuse = (name: DiagnosticName, at: Position, message: string) => Unreadable;

/** A sentence about a value, as editors show it: those that read Markdown, and those that do not. */
export function explained(markdown: string): JsonSchema {
  return { description: markdown.replaceAll('`', ''), markdownDescription: markdown };
}

/** The same about a field. */
export function described({ meaning, default: fallback }: About): JsonSchema {
  return explained(fallback === undefined ? meaning : `${meaning} Default: ${fallback}.`);
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
      if (node.kind === 'scalar' && node.unresolved) return unreadableValue;
      return read(node, (name, at, message) => {
        report(name, at, message);
        return unreadableValue;
      });
    },
  };
}

export const oneValue = 'Write one single value here';

/**
 * What is wrong with a text, for a check of zod: its issues know none of our diagnostics, so the name goes along.
 *
 * @param message what to write, or what makes it from the text
 */
export function problem(name: DiagnosticName, message: string | ((text: string) => string)) {
  return {
    error: ({ input }: { input?: unknown }) =>
      typeof message === 'string' ? message : message(String(input)),
    params: { problem: name },
  };
}

/** One value that is written as one text. `type` says what that must be, with a `problem` for all that it is not. */
export function scalar<T>(schema: JsonSchema, type: z.ZodType<T, string>): Reader<Located<T>> {
  return reader(schema, (node, refuse) => {
    if (node.kind !== 'scalar') return refuse('notText', node.at, oneValue);
    const result = type.safeParse(isNull(node) ? '' : node.text);
    if (result.success) return { value: result.data, at: node.at };
    const [issue] = result.error.issues;
    return refuse(problemOf(issue), node.at, issue?.message ?? oneValue);
  });
}

/** The same where nothing has to know later where the value stands. */
export function plainScalar<T>(schema: JsonSchema, type: z.ZodType<T, string>): Reader<T> {
  const located = scalar(schema, type);
  return {
    schema,
    read(node, report) {
      const read = located.read(node, report);
      return read === unreadableValue ? unreadableValue : read.value;
    },
  };
}

function problemOf(issue: z.core.$ZodIssue | undefined): DiagnosticName {
  const name: unknown = issue?.code === 'custom' ? issue.params?.['problem'] : undefined;
  return typeof name === 'string' && isDiagnosticName(name) ? name : 'notText';
}

/** A list, each entry of which `entry` reads. One bad entry does not spoil the others. */
export function list<T>(about: About, entry: Reader<T>): FieldReader<ReadonlyArray<T | Unreadable>> {
  const schema = {
    type: 'array',
    ...described(about),
    errorMessage: 'A list belongs here: write `[value]`, or one `- value` per line',
    items: entry.schema,
  };
  return {
    schema,
    about: { ...about, type: 'list' },
    read(node, report) {
      if (node.kind === 'list') return node.items.map((item) => entry.read(item, report));
      if (node.kind === 'scalar' && node.unresolved) return unreadableValue;
      const example = node.kind === 'scalar' && /^(?=[^]{1,40}$)[^]*\S/.test(node.text) ? node.text : 'value';
      report('notList', node.at, `A list belongs here: write \`${flowList([example])}\``);
      return unreadableValue;
    },
  };
}

/** What can be read of `value`. For where it makes no difference whether something is unreadable or not written. */
export function readable<T>(value: T | Unreadable | undefined): T | undefined {
  return value === unreadableValue ? undefined : value;
}

/** Those of `values` that can be read. */
export function readableOf<T>(values: ReadonlyArray<T | Unreadable> | Unreadable | undefined): T[] {
  return (readable(values) ?? []).filter((value): value is T => value !== unreadableValue);
}
