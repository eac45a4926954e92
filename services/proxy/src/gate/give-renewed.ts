import type { ServerResponse } from 'node:http';
import type { Identified } from './gate.ts';
import type { SessionCookies } from './session-cookies.ts';

/**
 * Lets an answer of our own bring the session as auth has renewed it. Whoever is only ever answered by us (behind
 * `auth_request`, on the launcher) would else keep a cookie whose grant is used up.
 */
export function giveRenewed(
  res: ServerResponse,
  { known, renewed }: Identified,
  cookies: Pick<SessionCookies, 'issue'>,
): void {
  if (renewed !== undefined) res.appendHeader('Set-Cookie', cookies.issue(renewed, known.session));
}
