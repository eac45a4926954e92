import type { Context } from '../context.ts';
import type { SignedInSession } from './store.ts';

/**
 * Ends every copy of a session. They are over at different times, since who signs in again goes on with the same `sid`: so
 * it stays ended until the youngest that there can be is over.
 */
export function endSid(session: SignedInSession, { store, now, sessionLifetimeMs }: Context): Promise<void> {
  return store.revoke(session, now() + sessionLifetimeMs);
}
