import { randomBytes } from 'node:crypto';
import { longMs, usualMs } from './fault.ts';
import type { Fault } from './fault.ts';
import type { Treatment } from './relay.ts';
import type { World } from './world.ts';

type Between = keyof World['between'];

const pairs: Record<Between, string> = {
  auth: 'proxy - auth',
  redis: 'auth - Redis',
  provider: 'auth - provider',
  connector: 'connector - proxy',
};

function between(pair: Between, what: string, treatment: Treatment, forMs = usualMs): Fault {
  return {
    name: `${pairs[pair]}: ${what}`,
    begin: (world) => world.between[pair].treat(treatment),
    forMs,
    end: (world) => world.between[pair].heal(),
    ...(pair === 'redis' && { answersSignIns: true }),
    // What the provider has answered is an answer, also where nobody hears it.
    ...(pair === 'provider' && { mayLoseRefreshes: true }),
  };
}

function slow(pair: Between, delayMs: number): Fault {
  return between(pair, `${delayMs} ms each way`, { there: { delayMs }, back: { delayMs } });
}

function cutOff(pair: Between): readonly Fault[] {
  const held = { held: /^/ };
  return [
    between(pair, 'refused', { connections: 'refused' }),
    between(pair, 'reset', { connections: 'reset' }),
    between(pair, 'silent', { there: held, back: held }, pair === 'redis' ? usualMs : longMs),
  ];
}

function changed(what: string, change: (piece: Buffer) => Buffer): Fault {
  return between('redis', what, { back: { changed: change } });
}

/** What goes wrong between two that are well. */
export const connectionFaults: readonly Fault[] = [
  slow('auth', 200),
  slow('redis', 50),
  // Longer than a command waits.
  slow('redis', 400),
  slow('provider', 500),
  ...cutOff('auth'),
  ...cutOff('redis'),
  ...cutOff('provider'),
  changed('garbage', (piece) => randomBytes(piece.length)),
  changed('half a reply', (piece) => piece.subarray(0, Math.floor(piece.length / 2))),
  changed('-LOADING', () => Buffer.from('-LOADING Redis is loading the dataset in memory\r\n')),
];
