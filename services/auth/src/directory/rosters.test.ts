import { describe, expect, test } from '@jest/globals';
import { unavailable } from './directory.ts';
import { createRosters } from './rosters.ts';
import type { NoRoster, Roster, RosterOutcome } from './roster.ts';
import { weighed } from './verdict.ts';

const minute = 60_000;
const ada = 'ada@example.com';

const at = (knownAt: number) => ({ verdict: 'stands', knownAt });

describe('a roster', () => {
  const doubtful = { verdict: 'doubtful', since: 20 };
  const open = { verdict: 'open' };

  test.each([
    ['a yes, named', { isIn: true, saidAt: 10, doubts: 0 }, { isNamed: true, readAt: 20 }, at(20)],
    ['a no, not named', { isIn: false, saidAt: 10, doubts: 0 }, { isNamed: false, readAt: 20 }, at(20)],
    ['a yes, not named', { isIn: true, saidAt: 10, doubts: 0 }, { isNamed: false, readAt: 20 }, doubtful],
    ['a no, named', { isIn: false, saidAt: 10, doubts: 0 }, { isNamed: true, readAt: 20 }, doubtful],
    ['agreed, and newer', { isIn: true, saidAt: 30, doubts: 0 }, { isNamed: true, readAt: 20 }, at(30)],
    ['otherwise, but newer', { isIn: true, saidAt: 30, doubts: 0 }, { isNamed: false, readAt: 20 }, at(30)],
    [
      'otherwise, once upheld',
      { isIn: true, saidAt: 10, doubts: 1 },
      { isNamed: false, readAt: 20 },
      doubtful,
    ],
    ['otherwise, twice upheld', { isIn: true, saidAt: 10, doubts: 2 }, { isNamed: false, readAt: 20 }, open],
    [
      'twice upheld, and agreed',
      { isIn: true, saidAt: 10, doubts: 2 },
      { isNamed: true, readAt: 20 },
      at(20),
    ],
  ])('makes us ask, and nothing else: %s', (_, answer, roster, verdict) => {
    expect(weighed(answer, roster)).toEqual(verdict);
  });
});

/** Rosters of what `read` gives, with their clock, what was read, and what came of it. */
function rostersOf(read: (group: string) => Promise<Roster | NoRoster>) {
  const clock = { now: 1_000_000 };
  const asked: string[] = [];
  const outcomes: RosterOutcome[] = [];
  const rosters = createRosters({
    read(group) {
      asked.push(group);
      return read(group);
    },
    clocks: { validMs: minute, retryMs: 10 * minute },
    now: () => clock.now,
    onRead: (_, outcome) => void outcomes.push(outcome),
  });
  const yes = () => ({ isIn: true, saidAt: clock.now - 60 * minute, dueAt: 0 });
  /** what it says of a yes of an hour ago */
  const weigh = (group = 'staff') => rosters.weigh(group, ada, yes());
  const glance = () => rosters.glance('staff', ada, yes());
  return { clock, asked, outcomes, rosters, weigh, glance };
}

const listed = (pages = 1) => ({ people: new Set([ada]), pages });

describe('rosters', () => {
  test('are read once for all who wait, and again behind them when half of their time is over', async () => {
    const { clock, asked, weigh, glance } = rostersOf(async () => listed());
    const readAt = clock.now;
    const verdicts = await Promise.all([weigh(), weigh(), weigh()]);
    expect(verdicts).toEqual(verdicts.map(() => ({ verdict: 'stands', knownAt: readAt })));
    clock.now += 29_000;
    await weigh();
    expect(asked).toHaveLength(1);
    clock.now += 2_000;
    expect(await weigh()).toEqual({ verdict: 'stands', knownAt: readAt });
    expect(asked).toHaveLength(2);
    await new Promise(setImmediate);
    expect(glance()).toEqual({ verdict: 'stands', knownAt: clock.now });
  });

  test('are read behind those who do not wait', async () => {
    const { asked, glance } = rostersOf(async () => listed());
    expect([glance(), glance()]).toEqual(['unread', 'unread']);
    await new Promise(setImmediate);
    expect(asked).toHaveLength(1);
    expect(glance()).toMatchObject({ verdict: 'stands' });
  });

  test('that were wrong are counted once each, until one agrees', async () => {
    const people = new Set<string>();
    const { clock, rosters, weigh, glance } = rostersOf(async () => ({ people, pages: 1 }));
    for (const upheld of [1, 2]) {
      const verdict = await weigh();
      expect([upheld, verdict]).toEqual([upheld, { verdict: 'doubtful', since: clock.now }]);
      for (let times = 0; times < 3; times++) rosters.upheld('staff', ada, clock.now);
      clock.now += minute;
    }
    expect(await weigh()).toEqual({ verdict: 'open' });
    people.add(ada);
    expect(glance()).toMatchObject({ verdict: 'stands' });
    people.delete(ada);
    expect(glance()).toMatchObject({ verdict: 'doubtful' });
  });

  test('are not needed for what was said a moment ago', async () => {
    const { clock, asked, rosters } = rostersOf(async () => listed());
    const answer = { isIn: false, saidAt: clock.now - 10_000, dueAt: clock.now + minute };
    expect(rosters.glance('staff', ada, answer)).toEqual({
      verdict: 'stands',
      knownAt: answer.saidAt,
    });
    expect(asked).toEqual([]);
  });

  test('that fail are tried again later and later, and count until they are too old', async () => {
    let isAway = false;
    const { clock, asked, outcomes, weigh } = rostersOf(async () => {
      if (isAway) throw unavailable('away');
      return listed();
    });
    await weigh();
    isAway = true;
    clock.now += 31_000;
    expect(await weigh()).toMatchObject({ verdict: 'stands' });
    for (let seconds = 0; seconds < 1_800; seconds += 10) {
      clock.now += 10_000;
      await weigh();
    }
    expect(await weigh()).toEqual({ verdict: 'open' });
    expect(outcomes.slice(0, 2)).toEqual(['read', 'failed']);
    expect(asked.length).toBeLessThan(9);
    isAway = false;
    clock.now += 10 * minute;
    expect(await weigh()).toMatchObject({ verdict: 'stands' });
  });

  test('that there are none of are tried again after the interval', async () => {
    const { clock, asked, weigh } = rostersOf(async () => 'too_large');
    for (let minutes = 0; minutes < 10; minutes++) {
      expect(await weigh()).toEqual({ verdict: 'open' });
      clock.now += minute;
    }
    expect(asked).toHaveLength(1);
    await weigh();
    expect(asked).toHaveLength(2);
  });

  test('have so many pages together, and not more', async () => {
    const { clock, outcomes, weigh } = rostersOf(async () => listed(10));
    for (let group = 0; group < 16; group++) await weigh(`group-${group}`);
    expect(outcomes.filter((outcome) => outcome === 'read')).toHaveLength(15);
    expect(outcomes.at(-1)).toBe('too_many');
    // Of groups that nobody asks about any more there is room for others.
    clock.now += 11 * minute;
    expect(await weigh('group-15')).toMatchObject({ verdict: 'stands' });
  });

  test('tell of a mistake of ours, and do not take it for an outage', async () => {
    const { weigh } = rostersOf(async () => Promise.reject(new TypeError('a defect')));
    await expect(weigh()).rejects.toThrow(TypeError);
  });
});
