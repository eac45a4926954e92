import type { SessionStore } from './store.ts';
import type { SignedInSession } from '../session/stored-session.ts';
import type { Clock } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import type { Emit } from '@latchkey/telemetry';
import type { AuthEvent, WhyEnded } from '../telemetry/events.ts';

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

/** Ends a session that nobody has asked to end, and tells why. */
export function endUnasked(
  session: Session,
  why: WhyEnded,
  parts: Ending & { readonly emit: Emit<AuthEvent> },
): Promise<boolean> {
  parts.emit({ kind: 'session_ended', whose: session, why });
  return endSid(session, parts);
}
