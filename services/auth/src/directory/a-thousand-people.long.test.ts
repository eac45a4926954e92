// A quota of the directory is for everybody together: 300 000 calls a day are soon made by who asks with each request.
import { expect, jest, test } from '@jest/globals';
import { cachedDirectory } from './cache.ts';
import type { SharedAnswers } from './shared-answers.ts';

// There is much to do, and machines differ.
jest.setTimeout(60_000);

const minute = 60_000;

/** What tasks tell each other, without a store and its seals. */
function sharedBy(clock: { now: number }): SharedAnswers {
  const told = new Map<string, { groups: readonly string[]; at: number }>();
  return {
    async lookUp(group, person) {
      const one = told.get(`${group} ${person}`);
      return one && { groups: one.groups, ageMs: clock.now - one.at };
    },
    async tell(group, person, groups) {
      told.set(`${group} ${person}`, { groups, at: clock.now });
    },
  };
}

// Each works with a page that asks for something every second; the proxy asks auth about each of them once a minute.
test.each(['one group', 'all groups'] as const)(
  'a thousand people, over an hour and on two tasks, cost a hundred times fewer calls than one for each request (%s)',
  async (answersAreAbout) => {
    const people = Array.from({ length: 1_000 }, (_, n) => `person-${n}@example.com`);
    const clock = { now: 1_000_000 };
    const shared = sharedBy(clock);
    let calls = 0;
    const tasks = [0, 0.5].map((random) =>
      cachedDirectory({
        provider: 'google',
        answersAreAbout,
        async ask(group) {
          calls += 1;
          return group === 'out' ? [] : ['in'];
        },
        shared,
        clocks: { freshMs: 10 * minute, graceMs: 180 * minute, waitMs: 60_000 },
        now: () => clock.now,
        random: () => random,
        onStale: () => undefined,
      }),
    );
    for (let minutes = 0; minutes < 60; minutes++) {
      const task = tasks[minutes % 2];
      const found = await Promise.all(people.map((person) => task?.memberOf(person, ['in', 'out'], 1)));
      if (minutes > 0) expect(found.every((groups) => groups?.memberOf.join() === 'in')).toBe(true);
      clock.now += minute;
    }
    expect(calls * 100).toBeLessThan(people.length * 60 * 60);
    expect(calls).toBeGreaterThan(people.length * 6);
  },
);
