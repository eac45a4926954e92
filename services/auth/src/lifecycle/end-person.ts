import type { Clock } from '@latchkey/http';
import { unlessAway } from '../store/store.ts';
import { endSid } from './end.ts';
import type { Ending } from './end.ts';
import { giveBack } from './give-back.ts';
import type { GivingBack } from './give-back.ts';
import type { Grant } from '../session/grant.ts';
import { livingOf } from './living.ts';
import type { SessionRecord, SessionRecords } from '../session/records.ts';
import type { SessionStore } from './store.ts';
import type { Account, SignedInSession } from '../session/stored-session.ts';

/** Whose sessions: those of an account, which is what a person has, or those of an e-mail address with every provider. */
export type WhoseSessions = { readonly account: Account } | { readonly email: string };

/** What finding sessions that are about to end takes. */
export type FindingSessions = Pick<Clock, 'now'> & {
  readonly store: Pick<SessionStore, 'grantState' | 'isRevoked' | 'sidsOf'>;
  readonly records: Pick<SessionRecords, 'get' | 'ofEmail'>;
};

/** What ending all sessions of somebody takes. */
export type EndingPeople = Ending &
  FindingSessions &
  GivingBack & { readonly store: Pick<SessionStore, 'revokeAccount' | 'revokeEmail'> };

/** A session that was found: its record, where there is one, and what its provider has given for it. */
export type FoundSession = {
  readonly session: SessionRecord | SignedInSession;
  readonly grant: Grant | undefined;
  readonly stands: boolean;
};

/** What came of ending all sessions of somebody. */
export type EndedPerson = {
  readonly sessions: readonly FoundSession[];
  /** whether every task knows of it */
  readonly isPublished: boolean;
  /** when the providers have their grants back; they may take their time */
  readonly givenBack: Promise<unknown>;
};

/**
 * Ends every session of somebody that was signed in for until now. That holds whatever is remembered of them, and while the store
 * is away. Those that are known end by their names, too, for one may have begun by a clock that is ahead; and the providers get
 * their grants back.
 */
export async function endPerson(whose: WhoseSessions, parts: EndingPeople): Promise<EndedPerson> {
  const before = await lookUpSessions(await sessionsOf(whose, parts), parts);
  const until = parts.now() + parts.sessionLifetimeMs;
  const isPublished =
    'email' in whose
      ? await parts.store.revokeEmail(whose.email, until)
      : await parts.store.revokeAccount(whose.account, until);
  // Who has signed in meanwhile looks for that, and by a clock that is ahead it is not about them.
  const isNew = ({ sid }: SignedInSession) => before.every(({ session }) => session.sid !== sid);
  const since = await lookUpSessions((await sessionsOf(whose, parts)).filter(isNew), parts);
  const sessions = [...before, ...since];
  const arePublished = await Promise.all(sessions.map(({ session }) => endSid(session, parts)));
  return {
    sessions,
    isPublished: isPublished && !arePublished.includes(false),
    givenBack: Promise.all(sessions.map(({ session, grant }) => giveBack(session, grant, parts))),
  };
}

/** What is known of sessions; what the store does not tell is not. */
export function lookUpSessions(
  sessions: readonly FoundSession['session'][],
  parts: FindingSessions,
): Promise<readonly FoundSession[]> {
  return Promise.all(
    sessions.map(async (named) => {
      const record = 'seenAt' in named ? named : await unlessAway(parts.records.get(named.sid));
      const grant = (await unlessAway(parts.store.grantState(named.sid)))?.grant;
      const living = record && (await unlessAway(livingOf([record], parts)));
      return {
        session: record ?? named,
        grant,
        stands: living?.length === 1 || (record === undefined && grant !== undefined),
      };
    }),
  );
}

async function sessionsOf(
  whose: WhoseSessions,
  { store, records, now }: FindingSessions,
): Promise<readonly FoundSession['session'][]> {
  // Of a session without a record nobody knows the address.
  if ('email' in whose) return (await unlessAway(records.ofEmail(whose.email))) ?? [];
  const { idp, sub } = whose.account;
  const sids = (await unlessAway(store.sidsOf({ idp, sub }))) ?? [];
  const auth_time = Math.floor(now() / 1000);
  return sids.map((sid) => ({ idp, sub, sid, auth_time }));
}
