import { randomBytes } from 'node:crypto';

/** A fresh id for a request: on its log line, on its error page, and towards the upstream as `X-Request-Id`. */
export function newRequestId(): string {
  return randomBytes(9).toString('base64url');
}
