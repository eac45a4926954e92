import type { ServerResponse } from 'node:http';

/** Not a status that anybody is sent: how nginx logs a request whose caller left before the answer. */
export const clientClosedRequest = 499;

/** How a request ended, for its record. */
export function statusOf(res: ServerResponse): number {
  return res.headersSent ? res.statusCode : clientClosedRequest;
}

/** What an answer says where browsers reach us over HTTPS only (RFC 6797), as a header. */
export const transportSecurity = ['Strict-Transport-Security', 'max-age=31536000'] as const;
