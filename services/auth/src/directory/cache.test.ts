import { describe, expect, test } from '@jest/globals';
import { cachedDirectory } from './cache.ts';
import type { AskMembership } from './directory.ts';
import { clockFrom } from '@latchkey/http';
import { openMemoryStore } from '../store/open.ts';
import { StoreAway } from '../store/store.ts';
import { shareAnswers } from './shared-answers.ts';
import type { SharedAnswers } from './shared-answers.ts';

const minute = 60_000;

/** A cache before a directory in which `ask` speaks, with its clock, and every question that came through. */
function cacheOf(ask: AskMembership, random = 0, shared?: SharedAnswers, clock = { now: 1_000_000 }) {
  const questions: string[][] = [];
  const directory = cachedDirectory({
    provider: 'google',
    ask(group, person) {
      questions.push([group, person]);
      return ask(group, person);
    },
    shared,
    clocks: { freshMs: 10 * minute, graceMs: 60 * minute, waitMs: 5_000 },
    now: () => clock.now,
    random: () => random,
    onStale: () => undefined,
  });
  const memberOf = async (email: string, groups: string[]) => {
    const { memberOf: found, trouble } = await directory.memberOf(email, groups, groups.length);
    if (trouble !== undefined) throw trouble;
    return found;
  };
  return { clock, questions, memberOf };
}

const inOrOut: AskMembership = async (group) => (group === 'in' ? 'member' : 'not a member');
const gone = async () => Promise.reject(new StoreAway('gone'));

describe('the cache of a directory', () => {
  test('never takes one question for another, however their parts are cut', async () => {
    const pairs = [
      ['a', 'b@x'],
      ['a","b@x', ''],
      ['a,b', '@x'],
      ['ab', '@x'],
    ];
    const { memberOf, questions } = cacheOf(async (group, person) =>
      group === 'a' && person === 'b@x' ? 'member' : 'not a member',
    );
    const answers: string[][] = [];
    for (const [group = '', person = ''] of pairs) answers.push([...(await memberOf(person, [group]))]);
    expect(answers).toEqual([['a'], [], [], []]);
    expect(questions).toEqual(pairs);
  });

  test('knows a person under any spelling of the address, and gives groups back as they were spelled', async () => {
    const { memberOf, questions } = cacheOf(async () => 'member');
    expect(await memberOf('Ada@Example.com', ['One@example.com', 'One@example.com'])).toEqual([
      'One@example.com',
    ]);
    await memberOf('ada@example.com', ['One@example.com']);
    expect(questions).toEqual([['One@example.com', 'ada@example.com']]);
  });

  test.each([0, 0.999])(
    'asks again before an answer is too old, at a moment of its own (%d)',
    async (random) => {
      const { memberOf, questions, clock } = cacheOf(async () => 'member', random);
      await memberOf('ada@example.com', ['one']);
      clock.now += 7.4 * minute;
      await memberOf('ada@example.com', ['one']);
      expect(questions).toHaveLength(1);
      clock.now += 0.2 * minute;
      await memberOf('ada@example.com', ['one']);
      expect(questions).toHaveLength(random === 0 ? 2 : 1);
      clock.now += 2 * minute;
      await memberOf('ada@example.com', ['one']);
      expect(questions).toHaveLength(2);
    },
  );

  test('tells of a mistake of ours, and does not take it for an outage', async () => {
    const { memberOf, clock } = cacheOf(async () => {
      if (clock.now > 1_000_000) throw new TypeError('a defect');
      return 'member';
    });
    await memberOf('ada@example.com', ['one']);
    clock.now += 11 * minute;
    await expect(memberOf('ada@example.com', ['one'])).rejects.toThrow(TypeError);
  });

  test('of one task asks nothing that another was told a moment ago, and then as that one would', async () => {
    const clock = { now: 1_000_000 };
    const opened = openMemoryStore(clockFrom({ now: () => clock.now }));
    const shared = shareAnswers(opened, { provider: 'google', keptMs: 70 * minute, now: () => clock.now });
    const [one, other] = [cacheOf(inOrOut, 0, shared, clock), cacheOf(inOrOut, 0, shared, clock)];
    expect(await one.memberOf('a@x', ['in', 'out'])).toEqual(['in']);
    clock.now += 3 * minute;
    expect(await other.memberOf('a@x', ['in', 'out'])).toEqual(['in']);
    expect(other.questions).toEqual([]);
    clock.now += 2 * minute;
    expect(await other.memberOf('a@x', ['in', 'out'])).toEqual(['in']);
    // That somebody is not in a group counts half as long, from when it was said.
    expect(other.questions).toEqual([['out', 'a@x']]);
  });

  test('asks the directory where what others were told cannot be had', async () => {
    const opened = openMemoryStore(clockFrom());
    const away = { ...opened, store: { ...opened.store, get: gone, put: gone } };
    const shared = shareAnswers(away, { provider: 'google', keptMs: minute, now: Date.now });
    const { memberOf, questions } = cacheOf(async () => 'member', 0, shared);
    expect(await memberOf('a@x', ['g'])).toEqual(['g']);
    expect(questions).toHaveLength(1);
  });
});
