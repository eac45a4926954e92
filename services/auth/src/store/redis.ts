import { z } from 'zod';
import type { Place } from './place.ts';
import type { RedisLink } from './redis-link.ts';
import { scripts } from './scripts.ts';
import type { Kept, Log, Store } from './store.ts';

// Another form of what is kept gets another number: while a change rolls, neither form is read as the other.
const prefix = 'latchkey:1';

const nothing = z.unknown();
const yesOrNo = z.union([z.literal(0), z.literal(1)]).transform((answer) => answer === 1);
// Microseconds since the epoch. Under one that arrived in part, a result would be refused, and lost.
const fence = z.union([z.literal(0).transform(() => undefined), z.int().min(1e15)]);
const texts = z.array(z.string());
const text = z.union([
  z.tuple([z.null(), z.null()]).transform(() => undefined),
  z.tuple([z.coerce.number(), z.string()]).transform(([version, text]): Kept => ({ version, text })),
]);
const lines = z.array(
  z
    .tuple([z.string(), z.tuple([z.literal('line'), z.string()])])
    .transform(([id, [, text]]) => ({ id, text })),
);

/**
 * A store in Redis, which several tasks share. Every place is one key, or two in one slot of a cluster, and ends by itself.
 *
 * @param options.logMs for how long a line of the log is kept
 */
export function redisStore(link: RedisLink, { logMs }: { logMs: number }): Store {
  const evaluate = <T>(
    reply: z.ZodType<T>,
    script: keyof typeof scripts,
    keys: readonly string[],
    ...args: readonly (string | number)[]
  ): Promise<T> => link.send(reply, 'EVAL', scripts[script], keys.length, ...keys, ...args);

  return {
    get: (place) => link.send(text, 'HMGET', keyOf(place), 'v', 'd'),
    async put(place, text, { ttlMs, version }) {
      if (ttlMs <= 0) return true;
      return evaluate(yesOrNo, 'put', [keyOf(place)], text, Math.ceil(ttlMs), version ?? '');
    },
    async drop(place) {
      await link.send(nothing, 'DEL', keyOf(place));
    },

    async useOnce(place, ttlMs) {
      if (ttlMs <= 0) return false;
      const first = z.union([z.literal('OK'), z.null()]);
      return (await link.send(first, 'SET', keyOf(place), '', 'PX', Math.ceil(ttlMs), 'NX')) === 'OK';
    },
    isUsed: (place) => link.send(yesOrNo, 'EXISTS', keyOf(place)),
    async count(place, windowMs) {
      const counted = z.tuple([z.number(), z.number()]);
      const [count, endsInMs] = await evaluate(counted, 'count', [keyOf(place)], windowMs);
      return { count, endsInMs };
    },

    add: (place, member, { most, ttlMs }) =>
      evaluate(texts, 'add', [keyOf(place)], member, most, Math.ceil(Math.max(ttlMs, 1))),
    members: (place) => link.send(texts, 'ZRANGE', keyOf(place), 0, -1),
    async remove(place, member) {
      await link.send(nothing, 'ZREM', keyOf(place), member);
    },

    async lease(place, holder, ttlMs) {
      // The task that held it may have a result that the store did not take: that comes first.
      if (link.isSettling()) return undefined;
      return evaluate(fence, 'lease', [keyOf(place), leaseOf(place)], holder, ttlMs);
    },
    extend: (place, holder, ttlMs) => evaluate(yesOrNo, 'extend', [leaseOf(place)], holder, ttlMs),
    async release(place, holder, result) {
      const { text, ttlMs = 0, version } = result ?? {};
      const kept =
        text === undefined || version === undefined || ttlMs <= 0 ? [] : [text, Math.ceil(ttlMs), version];
      await evaluate(nothing, 'release', [keyOf(place), leaseOf(place)], holder, ...kept);
    },

    log: redisLog(link, evaluate, logMs),
    isAway: () => link.isAway(),
    close: () => link.close(),
  };
}

type Evaluate = <T>(
  reply: z.ZodType<T>,
  script: keyof typeof scripts,
  keys: readonly string[],
  ...args: readonly (string | number)[]
) => Promise<T>;

const logKey = `${prefix}:log`;
const page = 1_000;

function redisLog(link: RedisLink, evaluate: Evaluate, logMs: number): Log {
  return {
    page,
    append: (text) => evaluate(z.string(), 'append', [logKey], text, logMs),
    read: (from = '-') => link.send(lines, 'XRANGE', logKey, from, '+', 'COUNT', page),
    async remove(ids) {
      if (ids.length > 0) await link.send(nothing, 'XDEL', logKey, ...ids);
    },
  };
}

// What stands in braces tells a cluster where a key belongs (hash tag).
function keyOf({ kind, id }: Place): string {
  return `${prefix}:${kind}:{${id}}`;
}

function leaseOf(place: Place): string {
  return `${keyOf(place)}:lease`;
}
