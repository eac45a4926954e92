import { isNull } from '../parse/tree.ts';
import type { YamlMapping } from '../parse/tree.ts';
import type { Report } from '../problems.ts';
import type { Position } from '../types.ts';
import { unreadableValue, explained } from './reader.ts';
import type { FieldReader, JsonSchema, Read, Reader, Unreadable } from './reader.ts';
import { unknownKeys } from './unknown-keys.ts';
import type { KeyCheck } from './unknown-keys.ts';

/** The keys that a mapping may have, and what reads their values. */
export type Fields = Readonly<Record<string, Reader<unknown>>>;

/** A mapping as read: `at` is where it stands, and a key without a value counts as not written. */
export type Values<F extends Fields> = { [Key in keyof F]?: Read<F[Key]> | Unreadable } & { at: Position };

/** A reader of mappings. Its `schema` refers to `definition`, which goes into the JSON Schema under `name`. */
export type MappingReader<F extends Fields> = Reader<Values<F>> & {
  fields: F;
  name: string;
  definition: JsonSchema;
};

const mappingAdvice = 'Write `key: value` lines here, indented';

/** Makes a reader of mappings that may have these `fields`. None of them has to be there. */
export function mapping<F extends Fields>(
  name: string,
  description: string,
  fields: F,
  checkKey: KeyCheck = unknownKeys(Object.keys(fields)),
): MappingReader<F> {
  return {
    name,
    fields,
    schema: { $ref: `#/$defs/${name}` },
    definition: {
      ...explained(description),
      // Apart, because a message here would also be that of an unknown key, which has a good one that names it.
      allOf: [{ type: ['object', 'null'], errorMessage: mappingAdvice }],
      properties: schemasOf(fields),
      additionalProperties: false,
    },
    read(node, report) {
      if (isNull(node)) return valuesOf<F>({ at: node.at });
      if (node.kind === 'scalar' && node.unresolved) return unreadableValue;
      if (node.kind !== 'mapping') {
        report('notMapping', node.at, mappingAdvice);
        return unreadableValue;
      }
      const values = readFields<F>(node, fields, report, checkKey);
      return hasUnresolvedKey(node) ? unreadableValue : values;
    },
  };
}

/** Makes a reader of an option of a route that is such a mapping. */
export function mappingOption<F extends Fields>(
  name: string,
  description: string,
  fields: F,
  about: FieldReader<unknown>['about'],
): MappingReader<F> & FieldReader<Values<F>> {
  return { ...mapping(name, description, fields), about };
}

/** Whether a mapping says nothing: it is like one that is not there. */
export function isEmptyMapping(values: { readonly at: Position }): boolean {
  return Object.keys(values).every((key) => key === 'at');
}

/** Reads those keys of a mapping that are among `fields`, and lets `checkKey` see all of them. */
export function readFields<F extends Fields>(
  node: YamlMapping,
  fields: F,
  report: Report,
  checkKey: KeyCheck,
): Values<F> {
  const values: { [key: string]: unknown; at: Position } = { at: node.at };
  for (const [key, { at, value, unresolved }] of node.entries) {
    if (unresolved) continue;
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    checkKey(key, at, field !== undefined, report);
    if (field && !isNull(value)) values[key] = field.read(value, report);
  }
  return valuesOf<F>(values);
}

/** Whether one of the keys is not known, so that it could be any. */
export function hasUnresolvedKey({ entries }: YamlMapping): boolean {
  return entries.values().some(({ unresolved }) => unresolved);
}

/** A mapping of which nothing can be said. */
export function unreadableValues<F extends Fields>(fields: F, at: Position): Values<F> {
  const values = Object.fromEntries(Object.keys(fields).map((key) => [key, unreadableValue]));
  return valuesOf<F>({ ...values, at });
}

/** What an editor shows about each of `fields`; a key without a value counts as not written. */
export function schemasOf(fields: Fields): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(fields).map(([key, { schema }]) => [key, orNull(schema)]));
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  return type === undefined ? schema : { ...schema, type: [type, 'null'].flat() };
}

function valuesOf<F extends Fields>(values: { at: Position }): Values<F> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value came out of its own key's reader
  return values as Values<F>;
}
