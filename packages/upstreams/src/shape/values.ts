import { DURATION_PATTERN, LONGEST_DURATION_TEXT, parseDuration } from '@latchkey/duration';
import { isNull } from '../parse/tree.ts';
import type { YamlNode } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import { LONGEST_PATTERN, compilePattern } from '../resolve/pattern.ts';
import type { PathPattern } from '../types.ts';
import { UNREADABLE, explained, reader } from './reader.ts';
import type { JsonSchema, Located, Reader, Refuse, Unreadable } from './reader.ts';

/** YAML 1.1, which BuzzFeed SSO reads. */
const TRUE: ReadonlySet<string> = new Set('true True TRUE yes Yes YES on On ON y Y'.split(' '));
const FALSE: ReadonlySet<string> = new Set('false False FALSE no No NO off Off OFF n N'.split(' '));

const SHORTEST_MS = 1;
/** Within what a timer of Node can wait for: a longer one would go off at once. */
const LONGEST_MS = 500 * 3_600_000;

/** Numbers and truth values count as the text that they are written with, and an editor sees them as what they look like. */
const ANY_SCALAR = ['string', 'number', 'boolean'];

const ONE_VALUE = 'Write one single value here';

/** One text. */
export function text(description: string, schema: JsonSchema = {}): Reader<Located<string>> {
  const json = { type: ANY_SCALAR, errorMessage: ONE_VALUE, ...explained(description), ...schema };
  return reader(json, located);
}

/** One entry of a list of texts; an empty one is refused. */
export function entry(what: string, examples: readonly string[]): Reader<Located<string>> {
  const advice = `Write ${what}, or take this entry out`;
  const json = {
    type: ANY_SCALAR,
    pattern: '\\S',
    errorMessage: advice,
    ...explained(`One entry: ${what}.`),
    examples,
  };
  return reader(json, (node, refuse) => {
    const read = located(node, refuse);
    return read !== UNREADABLE && read.value.trim() === '' ? refuse('emptyEntry', node.at, advice) : read;
  });
}

const NO_PATTERN = 'An empty pattern would make every path public: write one';

/** One entry of `skip_auth_regex`. */
export const publicPath: Reader<PathPattern> = reader(
  {
    type: ANY_SCALAR,
    pattern: `^[^]{1,${LONGEST_PATTERN}}$`,
    errorMessage: `Write a pattern in RE2 syntax, of at most ${LONGEST_PATTERN} characters`,
    ...explained('One entry: a pattern in RE2 syntax. Every path that it matches is public.'),
    examples: ['^/healthz$', '^/public/'],
  },
  (node, refuse) => {
    const read = located(node, refuse);
    if (read === UNREADABLE) return read;
    const source = read.value;
    if (source === '') return refuse('emptyEntry', node.at, NO_PATTERN);
    const compiled = compilePattern(source);
    if (compiled.ok) return { source, matches: (path) => compiled.pattern.test(path) };
    return refuse('publicPattern', node.at, `unable to compile skip auth regex: ${compiled.reason}`);
  },
);

const NO_FLAG = 'Write `true` or `false`, without quotes';

/** A truth value as YAML 1.1 writes it. In quotes it is a text, and refused. */
export function flag(description: string, schema: JsonSchema = {}): Reader<boolean> {
  const words = [...TRUE, ...FALSE].filter((word) => !/^(?:true|false)$/i.test(word));
  const json = {
    type: ['boolean', 'string'],
    // YAML 1.2, which editors read, knows no other truth values, and takes these for texts.
    pattern: `^(${words.join('|')})$`,
    errorMessage: NO_FLAG,
    ...explained(description),
    ...schema,
  };
  return reader(json, (node, refuse) => {
    if (node.kind === 'scalar' && node.plain) {
      if (TRUE.has(node.text)) return true;
      if (FALSE.has(node.text)) return false;
    }
    return refuse('notBoolean', node.at, NO_FLAG);
  });
}

/** A duration in milliseconds. Zero stands for the default. */
export function duration(description: string, examples: readonly string[]): Reader<Located<number>> {
  const advice = 'Write a number with its unit, such as `30s`, `1m30s` or `500ms`';
  const json = {
    type: ['string', 'number'],
    pattern: DURATION_PATTERN,
    maxLength: LONGEST_DURATION_TEXT,
    errorMessage: advice,
    if: { type: 'number' },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { const: 0, errorMessage: advice },
    ...explained(description),
    examples,
  };
  return reader(json, (node, refuse) => {
    const read = located(node, refuse);
    if (read === UNREADABLE) return read;
    const { value, at } = read;
    const milliseconds = parseDuration(value);
    if (milliseconds === undefined) return refuse('notDuration', at, durationAdvice(value));
    if (milliseconds !== 0 && (milliseconds < SHORTEST_MS || milliseconds > LONGEST_MS)) {
      return refuse(
        'notDuration',
        at,
        `${quote(value)} is out of range: write something from \`1ms\` to \`500h\``,
      );
    }
    return { value: milliseconds, at };
  });
}

/** The slug of a sign-in provider, which becomes part of a path. */
export function slug(description: string): Reader<string> {
  const advice = 'write letters, digits, `-` and `_` only';
  const json = {
    type: ANY_SCALAR,
    pattern: '^[A-Za-z0-9._~-]*$',
    errorMessage: `This is not a slug: ${advice}`,
    ...explained(description),
    examples: ['google', 'okta'],
  };
  return reader(json, (node, refuse) => {
    const read = located(node, refuse);
    if (read === UNREADABLE) return read;
    if (/^[\w.~-]*$/.test(read.value)) return read.value;
    return refuse('providerSlug', read.at, `${quote(read.value)} is not a slug: ${advice}`);
  });
}

function located(node: YamlNode, refuse: Refuse): Located<string> | Unreadable {
  if (node.kind !== 'scalar') return refuse('notText', node.at, ONE_VALUE);
  return { value: isNull(node) ? '' : node.text, at: node.at };
}

function durationAdvice(value: string): string {
  if (/^\d+$/.test(value))
    return `${value} has no unit: write \`${value}s\` for seconds or \`${value}ms\` for milliseconds`;
  return `${quote(value)} is not a duration: write a number with its unit, such as \`30s\` or \`1m30s\``;
}
