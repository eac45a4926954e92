import type { Clock } from '@latchkey/http';
import type { SessionRecord } from '../session/records.ts';
import type { SessionStore } from './store.ts';

/**
 * Those that are not over.
 *
 * @throws StoreAway where that cannot be known now
 */
export async function livingOf(
  records: readonly SessionRecord[],
  { store, now }: Pick<Clock, 'now'> & { readonly store: Pick<SessionStore, 'isRevoked'> },
): Promise<readonly SessionRecord[]> {
  const areOver = await Promise.all(
    records.map(async (record) => record.exp * 1000 <= now() || store.isRevoked(record)),
  );
  return records.filter((_, at) => areOver[at] === false);
}
