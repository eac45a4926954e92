import { z } from 'zod';
import type { LogLevel } from './settings.ts';
import type { ValueType } from './variable.ts';

/**
 * Makes a value type from a function.
 * @param parse gives the value, or undefined for a text that does not fit
 * @param more.advise says what to write instead of a certain text, where that can be said better than in general
 * @param more.example a text that fits
 */
export function valueType<T>(
  name: string,
  write: string,
  parse: (text: string) => T | undefined,
  { advise = () => write, example }: { advise?: (text: string) => string; example?: string } = {},
): ValueType<T> {
  const schema = z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: advise(text), input: text });
    return z.NEVER;
  });
  return { name, write, schema, ...(example !== undefined && { example }) };
}

/** A comma list: items are trimmed, empty ones dropped, and at least one must be left. */
export function listOf<T>(name: string, item: ValueType<T>): ValueType<[T, ...T[]]> {
  const write = `${item.write}, or several with commas between`;
  const split = valueType(name, write, splitItems);
  return { ...item, name, write, schema: split.schema.pipe(z.tuple([item.schema], item.schema)) };
}

function splitItems(text: string): [string, ...string[]] | undefined {
  const [first, ...rest] = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return first === undefined ? undefined : [first, ...rest];
}

export const text: ValueType<string> = {
  name: 'text',
  write: 'some text',
  example: 'text',
  schema: z.string(),
};

export const textList = listOf('text list', text);

export const boolean: ValueType<boolean> = {
  name: 'boolean',
  write: 'true or false',
  schema: z.stringbool({ truthy: ['true', 't'], falsy: ['false', 'f'], error: 'true or false' }),
};

export const port = valueType('port', 'a number from 1 to 65535', parsePort);

export const portList = listOf('port list', port);

/** A port number in decimal digits, or undefined. */
export function parsePort(text: string): number | undefined {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 65535 ? number : undefined;
}

export const count = valueType('count', 'a whole number from 1 to 1000000', (text) => parseCount(text, 1));

export const countOrZero = valueType('count, may be 0', 'a whole number from 0 to 1000000', (text) =>
  parseCount(text, 0),
);

function parseCount(text: string, least: number): number | undefined {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : -1;
  return number >= least && number <= 1_000_000 ? number : undefined;
}

export const scheme = {
  name: 'scheme',
  write: 'http or https',
  schema: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['http', 'https'], { error: 'http or https' })),
};

// `warning` and `panic` are what the log library of BuzzFeed SSO calls them.
const levels = new Map<string, LogLevel>([
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['fatal', 'fatal'],
  ['panic', 'fatal'],
]);

export const logLevel = valueType('log level', 'trace, debug, info, warn, error or fatal', (text) =>
  levels.get(text.toLowerCase()),
);

export const cookieName: ValueType<string> = {
  name: 'cookie name',
  write: 'letters, digits, "-" and "_"',
  // A `token` of RFC 9110, which is what RFC 6265 allows as the name of a cookie.
  schema: z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'letters, digits, "-" and "_"' }),
};
