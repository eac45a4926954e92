import { isNamed, rawValues } from '@latchkey/http';

// RFC 9110, section 8.6: without content, `Content-Length: 0` is said by methods that anticipate some, and by no others.
// This is undici's list, which leaves the header out, or adds it, whatever it is given.
const anticipatesContent: ReadonlySet<string> = new Set([
  'POST',
  'PUT',
  'PATCH',
  'QUERY',
  'PROPFIND',
  'PROPPATCH',
]);

/**
 * The headers of a request as they are written: with what is said about the length of its body, which for a body without
 * a length is nothing, as it goes in chunks. Nothing is added or left out behind this list, so it can be signed.
 *
 * @param headers a flat list
 * @param bodyBytes how long the body is; undefined while it has still to come
 */
export function framed(headers: readonly string[], method: string, bodyBytes: number | undefined): string[] {
  const said = rawValues(headers, 'content-length');
  const list = said.length === 0 ? [...headers] : withoutLength(headers);
  const length = lengthOf(said, method, bodyBytes);
  if (length !== undefined) list.push('Content-Length', length);
  return list;
}

function withoutLength(headers: readonly string[]): string[] {
  const list: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!isNamed(name, 'content-length')) list.push(name, headers[at + 1] ?? '');
  }
  return list;
}

function lengthOf(said: readonly string[], method: string, bodyBytes: number | undefined) {
  if (bodyBytes === 0) return anticipatesContent.has(method) ? '0' : undefined;
  const sent = said.at(-1);
  // `0005` is written as the number that it is.
  return sent === undefined ? undefined : String(Number(sent));
}
