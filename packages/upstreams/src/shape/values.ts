import type { PathPattern } from '@latchkey/access';
import { durationPattern, longestDurationText, parseDuration } from '@latchkey/duration';
import { isIP } from 'node:net';
import { z } from 'zod';
import { quote } from '../problems.ts';
import { isHostName } from '../resolve/host.ts';
import { longestPattern, compilePattern } from '../resolve/pattern.ts';
import { oneValue, described, explained, plainScalar, problem, reader, scalar } from './reader.ts';
import type { About, FieldReader, JsonSchema, Located, Reader } from './reader.ts';

/** YAML 1.1, which BuzzFeed SSO reads. */
const trueTexts = 'true True TRUE yes Yes YES on On ON y Y'.split(' ');
const falseTexts = 'false False FALSE no No NO off Off OFF n N'.split(' ');
const truth = z.stringbool({ truthy: trueTexts, falsy: falseTexts, case: 'sensitive' });

const shortestMs = 1;
/** Within what a timer of Node can wait for: a longer one would go off at once. */
const longestMs = 500 * 3_600_000;

/** Numbers and truth values count as the text that they are written with, and an editor sees them as what they look like. */
const anyScalar = ['string', 'number', 'boolean'];

/** One text. */
export function text(about: About, schema: JsonSchema = {}): FieldReader<Located<string>> {
  const json = { type: anyScalar, errorMessage: oneValue, ...described(about), ...schema };
  return { ...scalar(json, z.string()), about: { ...about, type: 'text' } };
}

/** One entry of a list of texts; an empty one is refused. */
export function entry(what: string, examples: readonly string[]): Reader<Located<string>> {
  const advice = `Write ${what}, or remove this entry`;
  const json = {
    type: anyScalar,
    pattern: '\\S',
    errorMessage: advice,
    ...explained(`One entry: ${what}.`),
    examples,
  };
  return scalar(
    json,
    z.string().refine((text) => text.trim() !== '', problem('emptyEntry', advice)),
  );
}

const scopeAdvice = 'Write one scope, without spaces, quotes and backslashes';

/** One entry of a list of scopes: a scope-token (RFC 6749, section 3.3). */
export const scope: Reader<string> = plainScalar(
  {
    type: anyScalar,
    pattern: '^[!#-[\\]-~]+$',
    errorMessage: scopeAdvice,
    ...explained('One entry: a scope.'),
    examples: ['orders.read'],
  },
  z.string().refine(
    (text) => /^[!#-[\]-~]+$/.test(text),
    problem('scopeUnusable', (text) => `${quote(text)} is not a scope. ${scopeAdvice}`),
  ),
);

const noPattern = 'An empty pattern would make every path public: write one';

/** One entry of `skip_auth_regex`. */
export const publicPath: Reader<PathPattern> = plainScalar(
  {
    type: anyScalar,
    pattern: `^[^]{1,${longestPattern}}$`,
    errorMessage: `Write a pattern in RE2 syntax, of at most ${longestPattern} characters`,
    ...explained('One entry: a pattern in RE2 syntax. Every path that it matches is public.'),
    examples: ['^/healthz$', '^/public/'],
  },
  z
    .string()
    .refine((source) => source !== '', { ...problem('emptyEntry', noPattern), abort: true })
    .transform((source, context): PathPattern => {
      const compiled = compilePattern(source);
      if (compiled.ok) return { source, matches: (path) => compiled.pattern.test(path) };
      const message = `unable to compile skip auth regex: ${compiled.reason}`;
      context.addIssue({ code: 'custom', message, params: { problem: 'publicPattern' } });
      return z.NEVER;
    }),
);

const noFlag = 'Write `true` or `false`, without quotes';

/** A truth value as YAML 1.1 writes it. In quotes it is a text, and refused. */
export function flag(
  { example = 'true', ...rest }: Omit<About, 'example'> & { example?: string },
  schema: JsonSchema = {},
): FieldReader<boolean> {
  const about = { ...rest, example };
  const words = [...trueTexts, ...falseTexts].filter((word) => !/^(?:true|false)$/i.test(word));
  const json = {
    type: ['boolean', 'string'],
    // YAML 1.2, which editors read, knows no other truth values, and takes these for texts.
    pattern: `^(${words.join('|')})$`,
    errorMessage: noFlag,
    ...described(about),
    ...schema,
  };
  const read = reader<boolean>(json, (node, refuse) => {
    const { data } = truth.safeParse(node.kind === 'scalar' && node.plain ? node.text : undefined);
    return data ?? refuse('notBoolean', node.at, noFlag);
  });
  return { ...read, about: { ...about, type: '`true` or `false`' } };
}

/** A duration in milliseconds. Zero means the default. */
export function duration(about: About, examples: readonly string[]): FieldReader<Located<number>> {
  const advice = 'Write a number with its unit, such as `30s`, `1m30s` or `500ms`';
  const json = {
    type: ['string', 'number'],
    pattern: durationPattern,
    maxLength: longestDurationText,
    errorMessage: advice,
    if: { type: 'number' },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { const: 0, errorMessage: advice },
    ...described(about),
    examples,
  };
  return { ...scalar(json, milliseconds), about: { ...about, type: 'duration' } };
}

const milliseconds = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, {
    ...problem('notDuration', durationAdvice),
    abort: true,
  })
  .refine((text) => isInRange(parseDuration(text) ?? 0), problem('notDuration', rangeAdvice))
  .transform((text) => parseDuration(text) ?? 0);

/** The name of a server: a host without a port, and no address. */
export function serverName(about: About): FieldReader<Located<string>> {
  const advice = 'Write only the name, such as `wiki.internal.example.com`, without a scheme, port or path';
  const json = { type: anyScalar, errorMessage: advice, ...described(about) };
  const type = z
    .string()
    .refine((name) => name === '' || (isHostName(name.toLowerCase()) && isIP(name) === 0), {
      ...problem('serverName', (name) => `${quote(name)} is not a host name. ${advice}`),
    });
  return { ...scalar(json, type), about: { ...about, type: 'text' } };
}

function isInRange(ms: number): boolean {
  return ms === 0 || (ms >= shortestMs && ms <= longestMs);
}

function rangeAdvice(value: string): string {
  return `${quote(value)} is out of range: write something from \`1ms\` to \`500h\``;
}

function durationAdvice(value: string): string {
  if (/^\d+$/.test(value)) {
    const meant = [
      [`${value}s`, 'seconds'],
      [`${value}ms`, 'milliseconds'],
    ].filter(([text = '']) => isInRange(parseDuration(text) ?? Infinity));
    const choices = meant.map(([text, unit]) => `\`${text}\` for ${unit}`);
    if (choices.length > 0) return `${value} has no unit: write ${choices.join(' or ')}`;
  }
  return `${quote(value)} is not a duration: write a number with its unit, such as \`30s\` or \`1m30s\``;
}
