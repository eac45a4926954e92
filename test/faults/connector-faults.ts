import { longMs, usualMs } from './fault.ts';
import type { Fault } from './fault.ts';
import type { Outcome } from './outcome.ts';
import type { Treatment } from './relay.ts';
import type { World } from './world.ts';

// What a connector was doing and may not be asked again.
const withOneLess: readonly Outcome[] = ['status 502', 'status 504'];
const withNone: readonly Outcome[] = [...withOneLess, 'status 503'];
// Until one that is silent counts as dead.
const silentMs = 11_000;

const [first, second] = [({ connectors }: World) => connectors[0], ({ connectors }: World) => connectors[1]];

function cutOff(what: string, treatment: Treatment, forMs: number): Fault {
  return {
    name: `connectors cut off, ${what}`,
    begin: ({ between }) => between.connector.treat(treatment),
    forMs,
    end: ({ between }) => between.connector.heal(),
    allowed: withNone,
  };
}

/** What goes wrong with connectors. */
export const connectorFaults: readonly Fault[] = [
  {
    name: 'connector killed',
    begin: (world) => first(world).kill(),
    forMs: usualMs,
    end: (world) => first(world).startAgain(),
    allowed: withOneLess,
  },
  {
    name: 'connector paused',
    begin: (world) => first(world).freeze(),
    forMs: silentMs,
    end: (world) => first(world).thaw(),
    allowed: withOneLess,
  },
  {
    name: 'each connector replaced (SIGTERM)',
    async begin(world) {
      for (const task of [first(world), second(world)]) {
        const code = await task.stop();
        if (code !== 0) throw new Error(`${task.name} ended with ${code} after SIGTERM`);
        await task.startAgain();
      }
    },
    forMs: usualMs,
    end: () => undefined,
  },
  cutOff('refused', { connections: 'refused' }, longMs),
  cutOff('silent', { there: { held: /^/ }, back: { held: /^/ } }, silentMs),
];
