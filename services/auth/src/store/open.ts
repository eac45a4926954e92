import type { Clock } from '@latchkey/http';
import { deriveKeys } from '@latchkey/session';
import type { AuthSettings } from '@latchkey/settings';
import type { Emit } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import type { AuthEvent } from '../telemetry/events.ts';
import { memoryStore } from './memory.ts';
import type { Store } from './store.ts';
import { openVault, sealedVault } from './vault.ts';
import type { Vault } from './vault.ts';

/** A store, and how what is secret is kept in it. */
export type OpenStore = { readonly store: Store; readonly vault: Vault };

/** The store of this process. */
export function openMemoryStore(clock: Clock): OpenStore {
  return { store: memoryStore(clock), vault: openVault };
}

/**
 * Opens the store that the settings name. One that cannot be reached is no reason not to start: a task that refuses to would
 * be missing when it is back.
 */
export async function openStore(
  { store: settings, session }: Pick<AuthSettings, 'store' | 'session'>,
  { log, emit, ...clock }: Clock & { log: Pick<Logger, 'info' | 'error'>; emit: Emit<AuthEvent> },
): Promise<OpenStore> {
  if (settings === undefined) return openMemoryStore(clock);
  // A task by itself starts sooner without the client, and has 29 MiB more.
  const [{ openRedisLink }, { redisStore }] = await Promise.all([
    import('./redis-link.ts'),
    import('./redis.ts'),
  ]);
  const link = openRedisLink(settings, (change) => {
    emit({ kind: 'store', isAway: change.open });
    if (change.open) log.error({ detail: change.why }, 'REDIS_URL: the store cannot be reached');
    else log.info('REDIS_URL: the store answers again');
  });
  emit({ kind: 'store', isAway: false });
  await link.opened();
  // A line is about a session that has ended, and that would have been over by itself after so long.
  const store = redisStore(link, { logMs: session.lifetimeMs });
  return { store, vault: sealedVault(deriveKeys(session.key, 'store')) };
}
