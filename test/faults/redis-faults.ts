import type { RunningRedis } from '@latchkey/testing/redis';
import { usualMs } from './fault.ts';
import type { Fault } from './fault.ts';

type Act = (redis: RunningRedis) => Promise<unknown> | void;

function redis(what: string, begin: Act, end: Act): Fault {
  return {
    name: `Redis ${what}`,
    begin: async (world) => void (await begin(world.redis)),
    forMs: usualMs,
    end: async (world) => void (await end(world.redis)),
    answersSignIns: true,
  };
}

function byCommands(what: string, begin: string, end: string): Fault {
  return redis(
    what,
    (it) => it.command(begin),
    (it) => it.command(end),
  );
}

// So long for each key, and it answers others in between.
const slowly = ['CONFIG SET key-load-delay 30000', 'CONFIG SET loading-process-events-interval-bytes 1024'];

function loading(): Fault {
  let loaded: Promise<unknown> = Promise.resolve();
  return redis(
    'loads (LOADING)',
    async (it) => {
      for (const line of slowly) await it.command(line);
      loaded = it.command('DEBUG RELOAD');
    },
    async (it) => {
      await loaded;
      await it.command('CONFIG SET key-load-delay 0');
    },
  );
}

/** What goes wrong with Redis itself. */
export const redisFaults: readonly Fault[] = [
  redis(
    'killed, and empty when it is back',
    (it) => it.kill(),
    (it) => it.startAgain(),
  ),
  redis(
    'paused',
    (it) => it.freeze(),
    (it) => it.thaw(),
  ),
  byCommands('emptied', 'FLUSHALL', 'PING'),
  byCommands('a replica (READONLY)', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'),
  byCommands('full (OOM)', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'),
  loading(),
];
