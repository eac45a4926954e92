import { rawValues } from '@latchkey/http';

// RFC 9110, section 9.2.2.
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * Whether a request does the same when it is processed twice as when once: by its method, or because its sender has given
 * it a key for exactly that (draft-ietf-httpapi-idempotency-key-header).
 */
export function isRepeatable(method: string, headers: readonly string[]): boolean {
  return idempotent.has(method) || rawValues(headers, 'idempotency-key').length > 0;
}
