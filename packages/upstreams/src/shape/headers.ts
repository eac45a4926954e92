import { isNull } from '../parse/tree.ts';
import type { YamlEntry } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import type { HeaderEntry } from '../types.ts';
import { unreadableValue, described, readable, reader } from './reader.ts';
import type { About, FieldReader, Refuse, Unreadable } from './reader.ts';

/** RFC 9110, 5.6.2: token. */
export const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110, 5.5: field-value, with the characters beyond ASCII that one byte can hold. */
const headerValue = /^[\t\x20-\x7E\x80-\xFF]*$/;

/** They frame the message on its connection (RFC 9110, 7.6.1) and are not the operator's to write. */
export const framingNames: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const headersAdvice = 'Write `Name: value` lines here, indented';

/** Headers by name. The values never appear in a message: they are often credentials. */
export function headers(about: About, example: object): FieldReader<readonly HeaderEntry[]> {
  const schema = {
    type: 'object',
    ...described(about),
    errorMessage: headersAdvice,
    propertyNames: {
      pattern: `^(?!(${[...framingNames].map(inAnyCase).join('|')})$)[!#$%&'*+.^_\`|~0-9A-Za-z-]+$`,
      patternErrorMessage: 'This is no header name, or one that belongs to the connection and cannot be set',
    },
    additionalProperties: {
      type: ['string', 'number', 'boolean', 'null'],
      pattern: '^\\s*[\\t\\x20-\\x7E\\x80-\\xFF]*\\s*$',
      errorMessage: 'Write the value as one text, without line breaks',
    },
    examples: [example],
  };
  const read = reader<readonly HeaderEntry[]>(schema, (node, refuse) => {
    if (node.kind !== 'mapping') return refuse('notMapping', node.at, headersAdvice);
    const seen = new Set<string>();
    const entries = [...node.entries].map(([name, entry]) => {
      if (entry.unresolved) return unreadableValue;
      const key = name.toLowerCase();
      if (seen.has(key)) refuse('headerUnusable', entry.at, `${name} stands here in two spellings: keep one`);
      seen.add(key);
      return readHeader(name, entry, refuse);
    });
    return entries.every((header) => header !== unreadableValue) ? entries : unreadableValue;
  });
  return { ...read, about: { ...about, type: '`Name: value` lines' } };
}

type Headers = readonly HeaderEntry[] | Unreadable | undefined;

const noHeaders: readonly HeaderEntry[] = [];

/** What can be read of `base`, with what `over` sets in its place, whatever the letter case of the names. */
export function mergeHeaders(base: Headers, over: Headers): readonly HeaderEntry[] {
  const below = readable(base) ?? noHeaders;
  const above = readable(over) ?? noHeaders;
  if (below.length === 0) return above;
  if (above.length === 0) return below;
  const merged = new Map([...below, ...above].map((header) => [header[0].toLowerCase(), header]));
  return [...merged.values()];
}

function readHeader(name: string, { at, value }: YamlEntry, refuse: Refuse): HeaderEntry | Unreadable {
  if (!headerName.test(name))
    return refuse('headerUnusable', at, `${quote(name)} is not a header name: correct it`);
  if (framingNames.has(name.toLowerCase())) {
    return refuse('headerUnusable', at, `${name} belongs to the connection and cannot be set: remove it`);
  }
  if (value.kind === 'scalar' && value.unresolved) return unreadableValue;
  if (value.kind !== 'scalar') return refuse('notText', value.at, `Write the value of ${name} as one text`);
  const text = isNull(value) ? '' : value.text.trim();
  if (!headerValue.test(text)) {
    return refuse(
      'headerUnusable',
      value.at,
      `The value of ${name} has a character that no header can carry`,
    );
  }
  return [name, text];
}

/** A pattern for a word in whatever letter case: JSON Schema has no flags. */
function inAnyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
