// A quota of the directory is for everybody together: 300 000 calls a day are soon made by who asks with each request.
import { expect, jest, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { openMemoryStore } from '../store/open.ts';
import { cachedDirectory } from './cache.ts';
import type { Memberships } from './directory.ts';
import { createRosters } from './rosters.ts';
import { shareAnswers, shareRosters } from './shared-answers.ts';

// There is much to do, and machines differ.
jest.setTimeout(300_000);

const minute = 60_000;
const step = 20_000;
const perPage = 200;
const people = Array.from({ length: 1_000 }, (_, n) => `person-${n}@example.com`);
const third = Math.ceil(people.length / 3);

// Each works with a page that asks for something every second; the proxy asks auth about each of them once a minute, about all
// the groups that routes name, in all but the last of which they are.
test.each([
  ['one group', 2, 1],
  ['one group', 20, 20],
  ['all groups', 20, 1],
] as const)(
  'a thousand people, over an hour and on two tasks, cost a hundred times fewer calls than one for each request (%s, %d groups)',
  async (answersAreAbout, groupsNamed, needed) => {
    const clock = { now: 1_000_000 };
    const now = () => clock.now;
    const opened = openMemoryStore(clockFrom({ now, elapsed: now }));
    const sharing = { provider: 'google', keptMs: 190 * minute, now };
    const groups = Array.from({ length: groupsNamed }, (_, n) => `group-${n}`);
    const inside = groups.slice(0, -1);
    let calls = 0;
    const tasks = [0, 0.5].map((random) =>
      cachedDirectory({
        provider: 'google',
        answersAreAbout,
        async ask(group) {
          calls += 1;
          if (answersAreAbout === 'all groups') return inside;
          return inside.includes(group) ? [group] : [];
        },
        shared: shareAnswers(opened, sharing),
        rosters: createRosters({
          async read(group) {
            const isIn = inside.includes(group);
            const pages = isIn ? people.length / perPage : 1;
            calls += pages;
            return { people: new Set(isIn ? people : []), pages };
          },
          shared: shareRosters(opened, { ...sharing, keptMs: minute }),
          clocks: { validMs: minute, retryMs: 10 * minute },
          now,
          onRead: (_, outcome) => expect(outcome).toBe('read'),
        }),
        clocks: { freshMs: 10 * minute, graceMs: 180 * minute, waitMs: minute },
        now,
        random: () => random,
        onStale: () => undefined,
      }),
    );
    for (let round = 0; round < (60 * minute) / step; round++) {
      const task = tasks[round % 2];
      const now = people.slice((round % 3) * third, (round % 3) * third + third);
      const found = await Promise.all(now.map((person) => task?.memberOf(person, groups, needed)));
      if (round >= 6) {
        const isRight = ({ memberOf, ageMs }: Memberships) =>
          memberOf.length === inside.length && ageMs < minute;
        expect(found.every((known) => known !== undefined && isRight(known))).toBe(true);
      }
      clock.now += step;
    }
    expect(calls * 100).toBeLessThan(people.length * 60 * 60);
    expect(calls).toBeGreaterThan(people.length);
  },
);
