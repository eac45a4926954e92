import type { SessionStore } from './store.ts';
import type { SignedInSession } from '../session/stored-session.ts';
import type { Clock } from '@latchkey/http';

/** What ending a session takes. */
export type Ending = Pick<Clock, 'now'> & {
  readonly store: Pick<SessionStore, 'revoke'>;
  readonly sessionLifetimeMs: number;
};

/**
 * Ends every copy of a session. They are over at different times, since who signs in again goes on with the same `sid`: so
 * it stays ended until the youngest that there can be is over.
 *
 * Its grant is left with the provider: to some, one grant given back is all that a person has given us, and their other sessions
 * would end with their next refresh.
 */
export function endSid(
  session: SignedInSession,
  { store, now, sessionLifetimeMs }: Ending,
): Promise<boolean> {
  return store.revoke(session, now() + sessionLifetimeMs);
}
