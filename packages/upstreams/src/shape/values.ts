import { DURATION_PATTERN, LONGEST_DURATION_TEXT, parseDuration } from '@latchkey/duration';
import { isNull } from '../parse/tree.ts';
import type { YamlNode } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import { compilePattern } from '../resolve/pattern.ts';
import type { PathPattern } from '../types.ts';
import { reader } from './reader.ts';
import type { Located, Refuse } from './reader.ts';

const TRUE: ReadonlySet<string> = new Set([
  'true',
  'True',
  'TRUE',
  'yes',
  'Yes',
  'YES',
  'on',
  'On',
  'ON',
  'y',
  'Y',
]);
const FALSE: ReadonlySet<string> = new Set([
  'false',
  'False',
  'FALSE',
  'no',
  'No',
  'NO',
  'off',
  'Off',
  'OFF',
  'n',
  'N',
]);

const SHORTEST_MS = 1;
/** Within what a timer of Node can wait for: a longer one would go off at once. */
const LONGEST_MS = 500 * 3_600_000;

/** One text. Numbers and truth values count as the text that they are written with. */
export function text(description: string, json: object = {}) {
  return reader({ type: 'string', description, ...json }, located);
}

/** One entry of a list of texts; an empty one is refused. */
export function entry(what: string) {
  return reader({ type: 'string', minLength: 1 }, (node, refuse): Located<string> => {
    const read = located(node, refuse);
    return read.value.trim() === ''
      ? refuse('emptyEntry', node.at, `Write ${what}, or take this entry out`)
      : read;
  });
}

/** One entry of `skip_auth_regex`. */
export const publicPath = reader(
  { type: 'string', minLength: 1, maxLength: 1000 },
  (node, refuse): PathPattern => {
    const source = located(node, refuse).value;
    if (source === '')
      return refuse('emptyEntry', node.at, 'An empty pattern would make every path public: write one');
    const compiled = compilePattern(source);
    if (compiled.ok) return { source, matches: (path) => compiled.pattern.test(path) };
    return refuse('publicPattern', node.at, `unable to compile skip auth regex: ${compiled.reason}`);
  },
);

/** A truth value as YAML 1.1 writes it. In quotes it is a text, and refused. */
export function flag(description: string) {
  const json = { enum: [true, false, 'yes', 'no', 'on', 'off'], description };
  return reader(json, (node, refuse): boolean => {
    if (node.kind === 'scalar' && node.plain) {
      if (TRUE.has(node.text)) return true;
      if (FALSE.has(node.text)) return false;
    }
    return refuse('notBoolean', node.at, 'Write `true` or `false`, without quotes');
  });
}

/** A duration in milliseconds. Zero stands for the default. */
export function duration(description: string) {
  const json = {
    type: ['string', 'integer'],
    pattern: DURATION_PATTERN,
    maxLength: LONGEST_DURATION_TEXT,
    minimum: 0,
    maximum: 0,
    description,
    examples: ['10s'],
  };
  return reader(json, (node, refuse): Located<number> => {
    const { value, at } = located(node, refuse);
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
export const slug = reader(
  {
    type: 'string',
    pattern: '^[A-Za-z0-9._~-]*$',
    description:
      'The sign-in provider of this route: the slug of one that the auth service has. Default: `UPSTREAM_DEFAULT_PROVIDER`.',
    examples: ['google'],
  },
  (node, refuse): string => {
    const { value, at } = located(node, refuse);
    if (/^[\w.~-]*$/.test(value)) return value;
    return refuse(
      'providerSlug',
      at,
      `${quote(value)} is not a slug: write letters, digits, \`-\` and \`_\` only`,
    );
  },
);

function located(node: YamlNode, refuse: Refuse): Located<string> {
  if (node.kind !== 'scalar') return refuse('notText', node.at, 'Write one single value here');
  return { value: isNull(node) ? '' : node.text, at: node.at };
}

function durationAdvice(value: string): string {
  if (/^\d+$/.test(value))
    return `${value} has no unit: write \`${value}s\` for seconds or \`${value}ms\` for milliseconds`;
  return `${quote(value)} is not a duration: write a number with its unit, such as \`30s\` or \`1m30s\``;
}
