import type { Provider } from '../providers/provider.ts';
import { unlessAway } from '../store/store.ts';
import { endSid } from './end.ts';
import type { Ending } from './end.ts';
import { giveBack } from './give-back.ts';
import type { GivingBack } from './give-back.ts';
import { livingOf } from './living.ts';
import type { SessionRecord, SessionRecords } from './records.ts';
import type { SessionStore } from './store.ts';

/** What ending all sessions of a person takes. */
export type EndingPeople = Ending &
  GivingBack & {
    readonly store: Pick<SessionStore, 'grantState' | 'isRevoked' | 'revokeEmail'>;
    readonly records: Pick<SessionRecords, 'ofEmail'>;
    readonly providers: ReadonlyMap<string, Pick<Provider, 'revoke'>>;
  };

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
  const living = (await unlessAway(livingOfEmail(email, parts))) ?? [];
  const isTold = await parts.store.revokeEmail(email, parts.now() + parts.sessionLifetimeMs);
  const areTold = await Promise.all(
    living.map(async (record) => {
      const grantState = await unlessAway(parts.store.grantState(record.sid));
      const [isEndTold] = await Promise.all([
        endRecord(record, parts),
        giveBack(record, grantState?.grant, parts),
      ]);
      return isEndTold;
    }),
  );
  return { known: living.length, isTold: isTold && !areTold.includes(false) };
}

/**
 * Ends one session, and leaves its grant with the provider: to some, one grant given back is all that a person has given us, and
 * their other sessions would end with their next refresh.
 */
export function endRecord(record: SessionRecord, parts: Ending): Promise<boolean> {
  return endSid(record, parts);
}

async function livingOfEmail(email: string, parts: EndingPeople): Promise<readonly SessionRecord[]> {
  return livingOf(await parts.records.ofEmail(email), parts);
}
