import { randomFillSync } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * The id that a caller gave a request; undefined for whatever may not stand on a page and in a log, since whom we believe may
 * pass on what a stranger wrote.
 */
export function givenRequestId(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^[\w.:=+/-]{1,128}$/.test(id) ? id : undefined;
}

/** The id under which AWS X-Ray and the log of an ALB have a request, `Root=1-…;Self=1-…`, with the same caution. */
export function givenAmznTraceId(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['x-amzn-trace-id'];
  return typeof id === 'string' && /^[\w.:=;-]{1,256}$/.test(id) ? id : undefined;
}

const idBytes = 9;
// Asking for random bytes costs the same for one id as for a thousand.
const pool = Buffer.alloc(idBytes * 1024);
let cut = pool.length;

/** A fresh id for a request: on its log line, on its error page, and towards the upstream as `X-Request-Id`. */
export function newRequestId(): string {
  if (cut === pool.length) {
    randomFillSync(pool);
    cut = 0;
  }
  return pool.toString('base64url', cut, (cut += idBytes));
}
