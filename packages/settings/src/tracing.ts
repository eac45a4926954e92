import { valueType } from './value-types.ts';

const samplers = new Map<string, 'all' | 'none' | 'share'>([
  ['always_on', 'all'],
  ['always_off', 'none'],
  ['traceidratio', 'share'],
]);

/** Which traces are recorded. */
export const sampler = valueType(
  'sampler',
  'always_on, always_off or traceidratio, each also behind parentbased_',
  (text) => samplers.get(text.replace(/^parentbased_/, '')),
);

/** A part of all. */
export const share = valueType('share', 'a number from 0 to 1, like 0.05', (text) =>
  /^(?:0|1|0?\.\d{1,9}|1\.0+)$/.test(text) ? Number(text) : undefined,
);

/** Where OTLP is spoken. */
export const collectorAddress = valueType(
  'URL',
  'an address like http://collector.internal:4318',
  (text) => {
    const url = /^https?:\/\/[^\s\\#?]+$/i.test(text) ? URL.parse(text) : null;
    return url?.username === '' && url.password === '' ? url : undefined;
  },
  { example: 'http://collector.example.com:4318' },
);

export const collectorProtocol = valueType('protocol', 'http/protobuf, at port 4318 as a rule', (text) =>
  text === 'http/protobuf' ? text : undefined,
);

/** Pairs as in W3C Baggage, which OpenTelemetry writes everything with that is a list. */
export const keyValues = valueType(
  'list of name=value',
  'name=value, or several with commas between, special characters of a value as %2C',
  readKeyValues,
  { example: 'name=value' },
);

function readKeyValues(text: string): Readonly<Record<string, string>> | undefined {
  const pairs: [string, string][] = [];
  for (const pair of text.split(',')) {
    const { name, value } =
      /^\s*(?<name>[\w.!#$&'*+^`|~-]+)\s*=\s*(?<value>[\x21-\x7e]*)\s*$/.exec(pair)?.groups ?? {};
    if (name === undefined || value === undefined) return undefined;
    const decoded = decodedText(value);
    if (decoded === undefined) return undefined;
    pairs.push([name, decoded]);
  }
  return Object.fromEntries(pairs);
}

// It may become a header, where a line break would begin another one.
function decodedText(value: string): string | undefined {
  try {
    const text = decodeURIComponent(value);
    return /^[\x20-\x7e]*$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
