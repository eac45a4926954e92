import { canonicalHost } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';

/** A request for the front page of wiki.example.com, from outside and past no proxy. */
export function aRequest(options: Partial<CanonicalRequest> = {}): CanonicalRequest {
  const host = canonicalHost('wiki.example.com');
  if (host === undefined) throw new Error('the host of the tests is none');
  return {
    method: 'GET',
    host,
    port: undefined,
    target: '/',
    rawPath: '/',
    query: '',
    path: undefined,
    client: '203.0.113.9',
    forwardedFor: '203.0.113.9',
    forwardedProto: undefined,
    ...options,
  };
}
