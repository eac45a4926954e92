import type { Account } from '@latchkey/dev-idp';
import { Browser } from '@latchkey/testing/browser';
import { setTimeout as pause } from 'node:timers/promises';
import { endOf } from './outcome.ts';
import type { Ended } from './outcome.ts';
import { hostsOf, people } from './people.ts';
import { enter } from './sign-in.ts';
import type { World } from './world.ts';

/** A request of somebody who is signed in. */
export type Asked = Ended & { readonly host: string; readonly at: number; readonly tookMs: number };

/** People at work. */
export type Load = {
  /** every request that has ended so far */
  readonly asked: readonly Asked[];
  /** everybody who had to sign in again so far */
  readonly again: readonly string[];
  stop(): Promise<void>;
};

const together = 2;
const betweenMs = 300;
const mostMs = 40_000;

/** Signs everybody in, and has them ask again and again: pages, what scripts fetch, forms. */
export async function startLoad(world: World): Promise<Load> {
  const asked: Asked[] = [];
  const again: string[] = [];
  const over = new AbortController();
  const workers = await Promise.all(people.map((person) => atWork(person)));

  async function atWork(person: Account): Promise<Promise<void>[]> {
    const browser = new Browser();
    const hosts = hostsOf(person);
    for (const host of hosts) await enter(browser, world.url(host, '/?mark=first'), person.email);
    let entering: Promise<unknown> | undefined;
    let enteredAt = -Infinity;

    async function goOn(which: number): Promise<void> {
      // Not all at once.
      await pause((people.indexOf(person) * betweenMs) / people.length);
      for (let count = which; !over.signal.aborted; count++) {
        const host = hosts[count % hosts.length] ?? '';
        const at = performance.now();
        const ended = await ask(world, { browser, host, person, count });
        asked.push({ ...ended, host, at, tookMs: performance.now() - at });
        // One that was asked before the last sign-in says nothing about it.
        if (ended.outcome === 'signed out' && at > enteredAt) await (entering ??= enterAgain(host));
        await pause(betweenMs);
      }
    }
    async function enterAgain(host: string): Promise<void> {
      again.push(person.email);
      for (let isIn = false; !isIn && !over.signal.aborted;) {
        const entered = enter(browser, world.url(host, '/?mark=again'), person.email);
        isIn = await entered.then(
          () => true,
          () => false,
        );
        if (!isIn) await pause(betweenMs);
      }
      enteredAt = performance.now();
      entering = undefined;
    }
    return Array.from({ length: together }, (_, which) => goOn(which));
  }

  return {
    asked,
    again,
    async stop() {
      over.abort();
      await Promise.all(workers.flat());
    },
  };
}

type Work = {
  readonly browser: Browser;
  readonly host: string;
  readonly person: Account;
  readonly count: number;
};

async function ask(world: World, { browser, host, person, count }: Work): Promise<Ended> {
  const expected = {
    email: person.email,
    mark: `${person.sub}-${count}`,
    sent: count % 3 === 0 ? `form ${count} `.repeat(500) : '',
  };
  const url = world.url(host, `/?mark=${expected.mark}`);
  const asking =
    count % 3 === 0
      ? browser.fetch(url, { method: 'POST', body: expected.sent })
      : count % 3 === 1
        ? browser.fetch(url)
        : browser.visit(url, { follow: false });
  const answered = asking.then(
    (hop): Ended => endOf(hop, expected),
    (): Ended => ({ outcome: 'cut off' }),
  );
  const late = new AbortController();
  const waiting = pause(mostMs, undefined, { signal: late.signal }).then((): Ended => ({
    outcome: 'no answer',
  }));
  try {
    return await Promise.race([answered, waiting]);
  } finally {
    late.abort();
    waiting.catch(() => undefined);
  }
}
