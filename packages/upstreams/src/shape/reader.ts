import { z } from 'zod';
import type { DiagnosticName } from '../diagnostics.ts';
import { isNull } from '../parse/tree.ts';
import type { YamlEntry, YamlNode } from '../parse/tree.ts';
import type { Report } from '../problems.ts';
import type { Position } from '../types.ts';

/** Rejects what is being read, and ends the reading of it. */
export type Refuse = (name: DiagnosticName, at: Position, message: string) => never;

/** A value that remembers where it stands. */
export type Located<T> = { value: T; at: Position };

/** Ends the reading of a value, and goes along in the issue, since zod knows paths but no lines. */
class Refusal extends Error {
  readonly problem: DiagnosticName;
  readonly at: Position;

  constructor(problem: DiagnosticName, at: Position, message: string) {
    super(message);
    this.problem = problem;
    this.at = at;
  }
}

/** A zod type that reads one node of the tree. `json` is what the JSON Schema says about the value. */
export function reader<T>(json: object, read: (node: YamlNode, refuse: Refuse) => T) {
  return z
    .transform<YamlNode, T>((node, context) => {
      try {
        return read(node, refuse);
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        context.issues.push({ code: 'custom', message: refusal.message, params: { refusal }, input: node });
        return z.NEVER;
      }
    })
    .meta({ ...json });
}

function refuse(problem: DiagnosticName, at: Position, message: string): never {
  throw new Refusal(problem, at, message);
}

/**
 * A mapping with known keys; `at` is where it stands. A key whose value was left out counts as not written, and an unknown
 * one is passed over.
 */
export function mapping<Shape extends z.core.$ZodLooseShape>(description: string, shape: Shape) {
  const children = reader<unknown>({}, (node, refuse) => {
    if (isNull(node)) return { at: node.at };
    if (node.kind === 'mapping') return { ...childrenOf(node.entries), at: node.at };
    return refuse('notMapping', node.at, 'Write `key: value` lines here, indented');
  });
  return children.pipe(z.object({ ...shape, at: z.custom<Position>() }).meta({ description }));
}

/** The keys that a mapping of the file may have. */
export function keysOf(schema: { out: { shape: object } }): string[] {
  return Object.keys(schema.out.shape).filter((key) => key !== 'at');
}

/** A list, each entry of which `entry` reads. */
export function list<Entry extends z.ZodType>(description: string, entry: Entry) {
  const items = reader<unknown>({}, (node, refuse) => {
    if (node.kind === 'list') return node.items;
    const example = node.kind === 'scalar' && /^.{1,40}$/.test(node.text) ? node.text : 'value';
    return refuse('notList', node.at, `A list belongs here: write \`[${example}]\``);
  });
  return items.pipe(z.array(entry).meta({ description }));
}

function childrenOf(entries: ReadonlyMap<string, YamlEntry>): Record<string, YamlNode> {
  const children: Record<string, YamlNode> = {};
  for (const [key, { value }] of entries) {
    if (!isNull(value)) children[key] = value;
  }
  return children;
}

/** What `schema` makes of `node`; nothing, and a report of all that is wrong with it, if it does not fit. */
export function readNode<Schema extends z.ZodType>(
  schema: Schema,
  node: YamlNode,
  report: Report,
): z.output<Schema> | undefined {
  const result = schema.safeParse(node);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const refusal: unknown = issue.code === 'custom' ? issue.params?.['refusal'] : undefined;
    if (refusal instanceof Refusal) report(refusal.problem, refusal.at, refusal.message);
    else report('notMapping', node.at, issue.message);
  }
  return undefined;
}
