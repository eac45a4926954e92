import type { Identified } from '@latchkey/admission';
import type { ServerResponse } from 'node:http';
import type { SessionCookies } from '../authn/session-cookies.ts';
import type { KnownSession } from '../authn/session-state.ts';

/**
 * Lets an answer of our own bring the session as auth has renewed it. A browser that is only ever answered by us (behind
 * `auth_request`, on the launcher) would else keep a cookie whose grant is used up.
 */
export function giveRenewed(
  res: ServerResponse,
  identified: Identified<KnownSession>,
  cookies: Pick<SessionCookies, 'issue'>,
): void {
  if (identified.kind !== 'person') return;
  if (identified.lastUse !== undefined) res.appendHeader('Set-Cookie', identified.lastUse);
  if (identified.renewed === undefined) return;
  res.appendHeader('Set-Cookie', cookies.issue(identified.renewed, identified.session.session));
}
