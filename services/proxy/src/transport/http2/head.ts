import { rawValues } from '@latchkey/http';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Outgoing } from '../ask-first.ts';

// RFC 9113, section 8.2.2: "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields."
const connectionSpecific: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** The head of a request as HTTP/2 has it, a flat list: what the first line and `Host` say goes in front, names in small letters. */
export function requestHead(
  { method, path, headers }: Pick<Outgoing, 'method' | 'path' | 'headers'>,
  scheme: 'http' | 'https',
): string[] {
  const [authority = ''] = rawValues(headers, 'host');
  const head = [':method', method, ':scheme', scheme, ':authority', authority, ':path', path];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    if (name !== 'host' && !connectionSpecific.has(name)) head.push(name, headers[at + 1] ?? '');
  }
  return head;
}

/** The head of an answer as HTTP/1.1 has it, a flat list. */
export function answerHead(
  rawHeaders: readonly string[],
  { isWhole, method, status }: { isWhole: boolean; method: string; status: number },
): string[] {
  const head = rawHeaders.filter((_, at) => rawHeaders[at - (at % 2)]?.startsWith(':') === false);
  // An answer that ends with its head has no content, and is not the same as one whose content is empty and that ends with
  // trailers: gRPC reads what it wants to know from one or the other.
  const hasContent = method !== 'HEAD' && status !== 204 && status !== 304;
  if (isWhole && hasContent && rawValues(head, 'content-length').length === 0) {
    head.push('Content-Length', '0');
  }
  return head;
}

/** Trailers as Node takes them. */
export function trailersOf(flat: readonly string[]): OutgoingHttpHeaders {
  const trailers: Record<string, string[]> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? '').toLowerCase();
    (trailers[name] ??= []).push(flat[at + 1] ?? '');
  }
  return trailers;
}
