import { describe, expect, test } from '@jest/globals';
import { cachedDirectory } from './cache.ts';
import type { AskGroups } from './directory.ts';
import { clockFrom } from '@latchkey/http';
import { openMemoryStore } from '../store/open.ts';
import { StoreAway } from '../store/store.ts';
import { shareAnswers } from './shared-answers.ts';
import type { SharedAnswers } from './shared-answers.ts';

const minute = 60_000;

/** A cache before a directory in which `ask` speaks, with its clock, and every question that came through. */
function cacheOf(
  ask: AskGroups,
  random = 0,
  shared?: SharedAnswers,
  clock = { now: 1_000_000 },
  answersAreAbout: 'one group' | 'all groups' = 'one group',
) {
  const questions: string[][] = [];
  const directory = cachedDirectory({
    provider: 'google',
    answersAreAbout,
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

const inOrOut: AskGroups = async (group) => (group === 'out' ? [] : ['in']);
const inAll: AskGroups = async (group) => [group];
const refused = async () => Promise.reject(new StoreAway('away'));

describe('the cache of a directory', () => {
  test('never takes one question for another, however their parts are cut', async () => {
    const pairs = [
      ['a', 'b@x'],
      ['a","b@x', ''],
      ['a,b', '@x'],
      ['ab', '@x'],
    ];
    const { memberOf, questions } = cacheOf(async (group, person) =>
      group === 'a' && person === 'b@x' ? [group] : [],
    );
    const answers: string[][] = [];
    for (const [group = '', person = ''] of pairs) answers.push([...(await memberOf(person, [group]))]);
    expect(answers).toEqual([['a'], [], [], []]);
    expect(questions).toEqual(pairs);
  });

  test('knows a person under any spelling of the address, and gives groups back as they were spelled', async () => {
    const { memberOf, questions } = cacheOf(inAll);
    expect(await memberOf('Ada@Example.com', ['One@example.com', 'One@example.com'])).toEqual([
      'One@example.com',
    ]);
    await memberOf('ada@example.com', ['One@example.com']);
    expect(questions).toEqual([['One@example.com', 'ada@example.com']]);
  });

  test.each([0, 0.999])(
    'asks again before an answer is too old, at a moment of its own (%d)',
    async (random) => {
      const { memberOf, questions, clock } = cacheOf(inAll, random);
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
      return ['one'];
    });
    await memberOf('ada@example.com', ['one']);
    clock.now += 11 * minute;
    await expect(memberOf('ada@example.com', ['one'])).rejects.toThrow(TypeError);
  });

  test('of one task asks nothing that another was answered a moment ago, and then as that one would', async () => {
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

  test('asks the directory where the answers of others cannot be had', async () => {
    const opened = openMemoryStore(clockFrom());
    const away = { ...opened, store: { ...opened.store, get: refused, put: refused } };
    const shared = shareAnswers(away, { provider: 'google', keptMs: minute, now: Date.now });
    const { memberOf, questions } = cacheOf(inAll, 0, shared);
    expect(await memberOf('a@x', ['g'])).toEqual(['g']);
    expect(questions).toHaveLength(1);
  });
});

const list: AskGroups = async () => ['One@Example.com', 'two@example.com'];

function listed(ask: AskGroups) {
  return cacheOf(ask, 0, undefined, { now: 1_000_000 }, 'all groups');
}

describe('a list of all groups', () => {
  test('is asked for once for each person, however many groups are asked about and however they are spelled', async () => {
    const { memberOf, questions } = listed(list);
    const groups = ['one@example.com', 'TWO@example.com', 'three@example.com'];
    expect(await memberOf('Ada+x@Example.com', groups)).toEqual(['one@example.com', 'TWO@example.com']);
    expect(await memberOf('ada+x@example.com', ['one@EXAMPLE.com', 'four@example.com'])).toEqual([
      'one@EXAMPLE.com',
    ]);
    await memberOf('ada@example.com', groups);
    expect(questions.map(([, person]) => person)).toEqual(['ada+x@example.com', 'ada@example.com']);
  });

  test('says of most groups that somebody is not in them, so it counts half as long', async () => {
    const { memberOf, questions, clock } = listed(list);
    await memberOf('ada@example.com', ['one@example.com']);
    clock.now += 3 * minute;
    await memberOf('ada@example.com', ['one@example.com']);
    expect(questions).toHaveLength(1);
    clock.now += 2 * minute;
    await memberOf('ada@example.com', ['one@example.com']);
    expect(questions).toHaveLength(2);
  });

  test('that is refused leaves everybody in the groups that they had, for three hours past the interval', async () => {
    let isRefused = false;
    const { memberOf, clock } = listed(async (...asked) => (isRefused ? 'withheld' : list(...asked)));
    await memberOf('ada@example.com', ['one@example.com']);
    isRefused = true;
    clock.now += 30 * minute;
    expect(await memberOf('ada@example.com', ['one@example.com'])).toEqual(['one@example.com']);
    clock.now += 60 * minute;
    expect(await memberOf('ada@example.com', ['one@example.com'])).toEqual([]);
  });
});
