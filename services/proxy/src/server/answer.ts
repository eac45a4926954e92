import type { ServerResponse } from 'node:http';

// Not a status that anybody is sent: how nginx logs a request whose caller left before the answer.
const callerGone = 499;

/** How a request ended, for the record. */
export function statusOf(res: ServerResponse): number {
  return res.headersSent ? res.statusCode : callerGone;
}

/** Says of an answer of ours that browsers reach us over HTTPS only. */
export function withTransportSecurity(res: ServerResponse): void {
  res.setHeader('Strict-Transport-Security', 'max-age=31536000');
}
