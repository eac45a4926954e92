import type { Outcome } from '@latchkey/admission';
import type { ServerResponse } from 'node:http';
import type { KnownSession } from '../authn/session-state.ts';

type Preflight = Extract<Outcome<KnownSession>, { kind: 'preflight' }>;

/**
 * Says what a page of an origin that the route names may do (https://fetch.spec.whatwg.org/#cors-preflight-fetch). Whose page
 * it is stands in the answer as in all others of ours.
 */
export function answerPreflight(res: ServerResponse, { route: { cors }, methods, headers }: Preflight): void {
  if (methods.length > 0) res.setHeader('Access-Control-Allow-Methods', methods.join(', '));
  if (headers.length > 0) res.setHeader('Access-Control-Allow-Headers', headers.join(', '));
  if (cors?.maxAgeMs !== undefined) {
    res.setHeader('Access-Control-Max-Age', String(Math.round(cors.maxAgeMs / 1000)));
  }
  res.writeHead(204);
  res.end();
}
