import { upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { Kind, Place } from './place.ts';
import type { Kept, Store } from './store.ts';

// Of a kind that counts how often, forgetting would allow once more: a full one refuses. Of the others, what was not used
// for longest goes.
const rooms: Readonly<Record<Kind, { readonly most: number; readonly refuses?: true }>> = {
  grant: { most: 50_000 },
  account: { most: 50_000 },
  session: { most: 50_000 },
  email: { most: 50_000 },
  accounts: { most: 1 },
  'provider session': { most: 50_000 },
  'provider session owner': { most: 50_000 },
  'provider end': { most: 50_000 },
  family: { most: 50_000 },
  program: { most: 50_000 },
  programs: { most: 50_000 },
  // Strangers ask for them, each for ten minutes.
  'device code': { most: 10_000 },
  // They end within a minute: more than this is not sign-ins.
  code: { most: 100_000, refuses: true },
  token: { most: 100_000, refuses: true },
  // Strangers begin sign-ins. Of one that was pushed out the provider sees the code again, and refuses it.
  attempt: { most: 100_000 },
  outcome: { most: 1_000 },
  membership: { most: 50_000 },
  roster: { most: 2_000 },
  // Who has so many addresses to make us forget one has as many times the limit anyway.
  rate: { most: 50_000 },
};

type Counted = { count: number; readonly endsAt: number };

/** A store in this process, bounded. */
export function memoryStore({ now, elapsed }: Clock): Store {
  // The cache reads the clock through `perf`; with a resolution it would read it only now and then.
  const clock = { perf: { now: elapsed }, ttlResolution: 0 };

  // One for each kind, made when it is first needed.
  function room<T extends object>(): (kind: Kind) => LRUCache<string, T> {
    const created = new Map<Kind, LRUCache<string, T>>();
    return (kind) => {
      const known = created.get(kind) ?? new LRUCache<string, T>({ ...upTo(rooms[kind].most), ...clock });
      created.set(kind, known);
      return known;
    };
  }
  const texts = room<Kept>();
  const sets = room<Set<string>>();
  const leases = room<{ readonly holder: string }>();
  const uses = room<object>();
  const counts = room<Counted>();

  function versionAt({ kind, id }: Place): number {
    return Math.max(now() * 1000, (texts(kind).get(id)?.version ?? 0) + 1);
  }

  function put(place: Place, text: string, { ttlMs, version }: { ttlMs: number; version?: number }): boolean {
    const { kind, id } = place;
    const known = texts(kind).get(id);
    if (version !== undefined && known !== undefined && version < known.version) return false;
    if (ttlMs > 0) texts(kind).set(id, { text, version: version ?? versionAt(place) }, { ttl: ttlMs });
    return true;
  }

  return {
    get: async ({ kind, id }) => texts(kind).get(id),
    put: async (place, text, keeping) => put(place, text, keeping),
    drop: async ({ kind, id }) => void texts(kind).delete(id),

    async useOnce({ kind, id }, ttlMs) {
      const used = uses(kind);
      if (ttlMs <= 0 || used.has(id)) return false;
      const { most, refuses } = rooms[kind];
      if (refuses && used.size >= most && !used.purgeStale()) return false;
      used.set(id, {}, { ttl: ttlMs });
      return true;
    },
    isUsed: async ({ kind, id }) => uses(kind).has(id),
    async count({ kind, id }, windowMs) {
      const counted = counts(kind).get(id) ?? { count: 0, endsAt: elapsed() + windowMs };
      if (counted.count === 0) counts(kind).set(id, counted, { ttl: windowMs });
      counted.count += 1;
      return { count: counted.count, endsInMs: counted.endsAt - elapsed() };
    },

    async add({ kind, id }, member, { most, ttlMs }) {
      const members = sets(kind).get(id) ?? new Set<string>();
      members.delete(member);
      sets(kind).set(id, members.add(member), { ttl: Math.max(ttlMs, sets(kind).getRemainingTTL(id)) });
      const evicted = [...members].slice(0, -most);
      for (const one of evicted) members.delete(one);
      return evicted;
    },
    members: async ({ kind, id }) => [...(sets(kind).get(id) ?? [])],
    remove: async ({ kind, id }, member) => void sets(kind).get(id)?.delete(member),

    async lease(place, holder, ttlMs) {
      const { kind, id } = place;
      if (leases(kind).has(id)) return undefined;
      leases(kind).set(id, { holder }, { ttl: ttlMs });
      return versionAt(place);
    },
    async extend({ kind, id }, holder, ttlMs) {
      if ((leases(kind).get(id)?.holder ?? holder) !== holder) return false;
      leases(kind).set(id, { holder }, { ttl: ttlMs });
      return true;
    },
    async release(place, holder, result) {
      const { kind, id } = place;
      if (result !== undefined) put(place, result.text, result);
      if (leases(kind).get(id)?.holder === holder) leases(kind).delete(id);
    },

    isAway: () => false,
    close: () => undefined,
  };
}
