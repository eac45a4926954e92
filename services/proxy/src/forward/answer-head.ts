import { rawValues } from '@latchkey/http';
import type { ServerResponse } from 'node:http';

const nothing = Buffer.alloc(0);

/**
 * Writes the head of an answer, byte for byte. It leaves with the first piece of the body where that is written at once;
 * otherwise it does not wait for it: an event stream may have nothing to say for a while.
 *
 * @param headers a flat list, a character for each byte
 */
export function writeAnswerHead(res: ServerResponse, status: number, headers: readonly string[]): void {
  // Without the reason phrase: it means nothing (RFC 9110, section 15), and Node throws at some that exist.
  res.writeHead(status, lengthLast(headers));
  // Not `flushHeaders()`: that one sends the head as UTF-8, in a packet of its own. What is written gathers until the end
  // of this tick, and behind bytes the head is left as it is.
  res.write(nothing);
}

/**
 * Writes an interim answer (1xx). RFC 9110, section 15.2: "A proxy MUST forward 1xx responses", but for HTTP/1.0, which has
 * none. Where the caller takes nothing, one is left out: an application may send them without end.
 */
export function writeInterim(res: ServerResponse, status: number, headers: readonly string[]): void {
  if (res.req.httpVersion === '1.0' || res.socket?.writableNeedDrain !== false) return;
  res.writeInformation(status, headers);
}

/** Ends an answer, with trailers where it went out in chunks. */
export function endAnswer(res: ServerResponse, trailers: readonly string[]): void {
  res.addTrailers(
    trailers.flatMap((name, at): [string, string][] =>
      at % 2 === 0 ? [[name, trailers[at + 1] ?? '']] : [],
    ),
  );
  res.end();
}

/** Tells whether an answer will go out in chunks. */
export function goesInChunks(res: ServerResponse, status: number, rawHeaders: readonly string[]): boolean {
  const hasContent = res.req.method !== 'HEAD' && status !== 204 && status !== 304;
  return (
    hasContent && res.useChunkedEncodingByDefault && rawValues(rawHeaders, 'content-length').length === 0
  );
}

// Once Node knows the length, it reads the bytes of a Content-Disposition as UTF-8.
function lengthLast(flat: readonly string[]): string[] {
  const others: string[] = [];
  const lengths: string[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at] ?? '';
    (name.toLowerCase() === 'content-length' ? lengths : others).push(name, flat[at + 1] ?? '');
  }
  return [...others, ...lengths];
}
