import type { HeaderList } from './headers.ts';

/** What the request signatures of BuzzFeed SSO cover. Text is octets, one per character, as Node reads and writes it. */
export type SignedRequest = {
  readonly method: string;
  /** as the upstream will receive them; names in any letter case */
  readonly headers: HeaderList;
  /** decoded, before the path of `to` is put in front; see {@link decodedPath} */
  readonly path: Buffer;
  /** as it came, without its `?`; empty when there is none */
  readonly query: string;
  /** empty when there is none */
  readonly body: Buffer;
};

// The order is part of what is signed.
const signedHeaders = [
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'authorization',
  'x-forwarded-user',
  'x-forwarded-email',
  'x-forwarded-groups',
  'x-forwarded-access-token',
  'cookie',
];

const percent = 0x25;
const hexDigits: ReadonlyMap<number, number> = new Map(
  Array.from('0123456789abcdefABCDEF', (digit) => [digit.charCodeAt(0), Number.parseInt(digit, 16)]),
);

/**
 * The octets of a path with its escapes undone, whatever they spell: `%2F` becomes a slash and `%FF` an octet that is
 * not UTF-8, because that is what upstreams verify against. Only for signing: nothing is granted by this path. What is
 * no escape (`%zz`) stays as it is.
 */
export function decodedPath(rawPath: string): Buffer {
  const bytes = octets(rawPath);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    const high = octet === percent ? hexDigits.get(bytes[at + 1] ?? 0) : undefined;
    const low = high === undefined ? undefined : hexDigits.get(bytes[at + 2] ?? 0);
    const isEscape = high !== undefined && low !== undefined;
    bytes[length++] = isEscape ? high * 16 + low : octet;
    if (isEscape) at += 2;
  }
  return bytes.subarray(0, length);
}

/**
 * What `Gap-Signature` signs: the method, one line per signed header, empty where it is absent, then the address, then
 * the body.
 */
export function gapSignedText(request: SignedRequest): Buffer {
  const values = signedHeaders.map((name) => valuesOf(name, request.headers).join(','));
  return signedText([request.method, ...values], request);
}

/**
 * What `Sso-Signature` signs: one line per signed header that says something, then the address, then the body. The line
 * feed after the address is there without a body too.
 */
export function ssoSignedText(request: SignedRequest): Buffer {
  const values = signedHeaders.map((name) => valuesOf(name, request.headers).filter(isNotEmpty).join(','));
  return signedText(values.filter(isNotEmpty), request);
}

function signedText(lines: readonly string[], { path, query, body }: SignedRequest): Buffer {
  const head = lines.map((line) => `${line}\n`).join('');
  const search = query === '' ? '' : `?${query}`;
  return Buffer.concat([octets(head), path, octets(`${search}\n`), body]);
}

function valuesOf(name: string, headers: HeaderList): string[] {
  return headers.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value);
}

function isNotEmpty(text: string): boolean {
  return text !== '';
}

function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
