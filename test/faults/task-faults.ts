import { usualMs } from './fault.ts';
import type { Fault } from './fault.ts';
import type { Outcome } from './outcome.ts';
import { openPages, replacementEnds } from './pages.ts';
import type { Pages } from './pages.ts';
import type { Treatment } from './relay.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

const one = {
  proxy: ({ proxy }: World) => proxy[0],
  auth: ({ auth }: World) => auth[0],
  provider: ({ provider }: World) => provider,
  application: ({ application }: World) => application,
} as const;
type Kind = keyof typeof one;

const withoutApplication: readonly Outcome[] = ['status 502', 'status 503', 'status 504'];

function killed(kind: Kind): Fault {
  return {
    name: `${kind} killed`,
    begin: (world) => one[kind](world).kill(),
    forMs: usualMs,
    end: (world) => one[kind](world).startAgain(),
    ...(kind === 'proxy' && { lost: ({ proxy }: World) => [proxy[0]] }),
    ...(kind === 'auth' && { mayLoseRefreshes: true }),
    ...(kind === 'provider' && { mayLoseRefreshes: true }),
    ...(kind === 'application' && { allowed: withoutApplication }),
  };
}

function paused(kind: Kind): Fault {
  return {
    name: `${kind} paused`,
    begin: (world) => one[kind](world).freeze(),
    forMs: usualMs,
    end: (world) => one[kind](world).thaw(),
    // Overtaken while it was paused between an answer and the store.
    ...(kind === 'auth' && { mayLoseRefreshes: true }),
  };
}

/** As a deployment does it: one goes when the other is there, and ends by itself; tells how long the slowest took to end. */
export async function replaced(tasks: readonly Task[], { balancer }: World): Promise<number> {
  let slowestMs = 0;
  for (const task of tasks) {
    const since = performance.now();
    const code = await task.stop();
    slowestMs = Math.max(slowestMs, performance.now() - since);
    if (code !== 0) throw new Error(`${task.name} ended with ${code} after SIGTERM`);
    await task.startAgain();
    await balancer.complete();
  }
  return slowestMs;
}

// A page whose task of the proxy is replaced is sent to another one, and comes back at once. Where auth is replaced, pages notice
// nothing.
function replacement(kind: 'proxy' | 'auth'): Fault {
  const mayEnd = kind === 'proxy' ? replacementEnds : [];
  let ends: Pages['ends'] = {};
  return {
    name: `each ${kind} replaced (SIGTERM)`,
    async begin(world) {
      const pages = await openPages(world);
      ends = pages.ends;
      try {
        await pages.open();
        await replaced(world[kind], world);
        await pages.open();
      } finally {
        await pages.close();
      }
    },
    forMs: 0,
    end: () => undefined,
    answersSignIns: true,
    alsoWrong: () => [
      ...Object.keys(ends).filter((how) => !mayEnd.includes(how)),
      ...mayEnd
        .filter((how) => ends[how] === undefined)
        .map((how) => `no page was sent to another task: ${how}`),
    ],
  };
}

const bothKilled: Fault = {
  name: 'both auth killed',
  async begin({ auth }) {
    await Promise.all(auth.map((task) => task.kill()));
  },
  forMs: usualMs,
  async end({ auth }) {
    await Promise.all(auth.map((task) => task.startAgain()));
  },
  mayLoseRefreshes: true,
};

// Where the question is held, the provider has heard nothing, and the next task asks anew. Where the answer is, the provider
// takes the next use of the same refresh token for theft.
function killedOverRefresh(what: string, treatment: Treatment): Fault {
  return {
    name: `auth killed over a refresh, ${what}`,
    async begin({ auth, between: { provider } }) {
      await provider.treat(treatment);
      // One of them at least is of the task that is killed.
      await provider.holds(5);
      await auth[0].kill();
      provider.drop();
      await provider.heal();
    },
    forMs: usualMs,
    end: ({ auth }) => auth[0].startAgain(),
    mayLoseRefreshes: true,
  };
}

/** What goes wrong with processes. */
export const taskFaults: readonly Fault[] = [
  ...(['proxy', 'auth', 'provider', 'application'] as const).map(killed),
  ...(['proxy', 'auth', 'provider', 'application'] as const).map(paused),
  replacement('proxy'),
  replacement('auth'),
  bothKilled,
  killedOverRefresh('which the provider never heard of', { there: { held: /grant_type=refresh_token/ } }),
  killedOverRefresh('which the provider has answered', { back: { held: /"refresh_token"/ } }),
];
