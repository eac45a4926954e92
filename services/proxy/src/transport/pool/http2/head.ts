import { connectionSpecific, rawValues } from '@latchkey/http';
import type { DispatchedRequest } from '../ask-first.ts';

/** The head of a request as HTTP/2 has it, a flat list: what the first line and `Host` say goes in front, names in small letters. */
export function requestHead(
  { method, path, headers }: Pick<DispatchedRequest, 'method' | 'path' | 'headers'>,
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
