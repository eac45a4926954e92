import { unlessAway } from '../store/store.ts';
import { endSid } from './end.ts';
import type { Ending } from './end.ts';
import { giveBack } from './give-back.ts';
import type { GivingBack } from './give-back.ts';
import type { Grant } from '../session/grant.ts';
import { livingOf } from './living.ts';
import type { SessionRecord, SessionRecords } from '../session/records.ts';
import type { SessionStore } from './store.ts';
import type { Account } from '../session/stored-session.ts';

/** What ending all sessions of somebody takes. */
export type EndingPeople = Ending &
  GivingBack & {
    readonly store: Pick<SessionStore, 'grantState' | 'isRevoked' | 'revokeAccount' | 'revokeEmail'>;
    readonly records: Pick<SessionRecords, 'ofAccount' | 'ofEmail'>;
  };

/** A session that is known, with what its provider has given for it. */
type Known = { readonly record: SessionRecord; readonly grant: Grant | undefined };

/**
 * Ends every session of an e-mail address that was signed in for until now. That holds whatever is remembered of them, and while
 * the store is away. Those that are known end by their names, too, for one may have begun by a clock that is ahead; and the
 * providers get their grants back.
 *
 * @returns how many were known, and whether every task knows of it
 */
export async function endPerson(
  email: string,
  parts: EndingPeople,
): Promise<{ readonly known: number; readonly isTold: boolean }> {
  const known = await knownOf(parts.records.ofEmail(email), parts);
  const isTold = await parts.store.revokeEmail(email, parts.now() + parts.sessionLifetimeMs);
  const areTold = await Promise.all(known.map(({ record }) => endSid(record, parts)));
  await giveAllBack(known, parts);
  return { known: known.length, isTold: isTold && !areTold.includes(false) };
}

/**
 * Ends every session of an account that was signed in for until now, which is what a person may end by themselves. Those of them
 * that are known are not ended by their names besides.
 */
export async function endAccount({ idp, sub }: Account, parts: EndingPeople): Promise<void> {
  const known = await knownOf(parts.records.ofAccount({ idp, sub }), parts);
  await parts.store.revokeAccount({ idp, sub }, parts.now() + parts.sessionLifetimeMs);
  await giveAllBack(known, parts);
}

// Before they end: what belongs to them goes with them.
async function knownOf(
  records: Promise<readonly SessionRecord[]>,
  parts: EndingPeople,
): Promise<readonly Known[]> {
  const known = records.then(async (found) =>
    Promise.all(
      (await livingOf(found, parts)).map(async (record) => ({
        record,
        grant: (await parts.store.grantState(record.sid))?.grant,
      })),
    ),
  );
  return (await unlessAway(known)) ?? [];
}

async function giveAllBack(known: readonly Known[], parts: EndingPeople): Promise<void> {
  await Promise.all(known.map(({ record, grant }) => giveBack(record, grant, parts)));
}
