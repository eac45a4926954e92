import type { ServerResponse } from 'node:http';

/**
 * Answers with a rendered document and the headers that belong to it. Headers that were set on `res` before (cookies, HSTS)
 * go with it.
 */
export function replyHtml(
  res: ServerResponse,
  status: number,
  { body, headers }: { body: string; headers: Record<string, string> },
): void {
  reply(res, status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) }, body);
}

/** Answers with JSON that nobody may keep. */
export function replyJson(res: ServerResponse, status: number, value: object): void {
  replyJsonText(res, status, `${JSON.stringify(value)}\n`, 'no-store');
}

/**
 * Answers with public keys, a JWK Set (RFC 7517). They may be kept for five minutes: that long a new key is published before it
 * signs.
 */
export function replyJwks(res: ServerResponse, jwks: string): void {
  replyJsonText(res, 200, jwks, 'public, max-age=300');
}

function replyJsonText(res: ServerResponse, status: number, body: string, cacheControl: string): void {
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': cacheControl,
    'X-Content-Type-Options': 'nosniff',
  };
  reply(res, status, headers, body);
}

/** Answers with a few plain words, or nothing. */
export function replyText(res: ServerResponse, status: number, text: string): void {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
  };
  reply(res, status, headers, text);
}

/** Sends the browser on; 308 keeps the method. Never cached: where it leads depends on who asks. */
export function replyRedirect(res: ServerResponse, location: string, status: 302 | 308 = 302): void {
  reply(res, status, { Location: location, 'Cache-Control': 'no-store', 'Content-Length': '0' }, '');
}

/** Adds headers to an answer that has not begun, from a flat list of names and values. */
export function addHeaders(res: ServerResponse, flat: readonly string[]): void {
  for (let at = 0; at + 1 < flat.length; at += 2) res.appendHeader(flat[at] ?? '', flat[at + 1] ?? '');
}

function reply(res: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  res.writeHead(status, headers);
  res.end(res.req.method === 'HEAD' ? undefined : body);
}
