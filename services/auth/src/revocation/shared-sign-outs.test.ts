// Several tasks tell each other who has signed out, through a store that loses what it likes.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { performance } from 'node:perf_hooks';
import { StoreAway } from '../store/store.ts';
import type { Log, LogLine } from '../store/store.ts';
import { createRecentEnds } from './recent-ends.ts';
import { sharedSignOuts } from './shared-sign-outs.ts';
import type { SignOuts } from './sign-outs.ts';

const day = 86_400_000;
const began = 1_800_000_000_000;
const clock = { now: began, passed: 0 };
const settled = 2_100;
const quiet = { info: () => undefined, warn: () => undefined };

const none: readonly LogLine[] = [];
const nothing: (text: string) => Promise<void> = async () => undefined;

/** A log of which a test decides what is lost, and when it answers. */
function looseLog() {
  const it = { lines: none, isAway: false, at: began, before: nothing, reading: Promise.resolve() };
  const log: Log = {
    page: 1_000,
    async append(text) {
      await it.before(text);
      if (it.isAway) throw new StoreAway('gone');
      const id = `${(it.at += 1)}-0`;
      it.lines = [...it.lines, { id, text }];
      return id;
    },
    async read(from) {
      await it.reading;
      if (it.isAway) throw new StoreAway('gone');
      return it.lines.filter(({ id }) => from === undefined || id >= from);
    },
    async remove(ids) {
      it.lines = it.lines.filter(({ id }) => !ids.includes(id));
    },
  };
  return { it, log };
}

const tasks: SignOuts[] = [];
beforeEach(() => {
  const now = performance.now.bind(performance);
  Object.assign(clock, { now: began, passed: 0 });
  jest.spyOn(performance, 'now').mockImplementation(() => now() + clock.passed);
});
afterEach(() => {
  for (const task of tasks.splice(0)) task.close();
  jest.restoreAllMocks();
});
function startTask(log: Log): SignOuts {
  const task = sharedSignOuts(log, createRecentEnds(clockFrom()), {
    ...clockFrom({ now: () => clock.now }),
    log: quiet,
  });
  tasks.push(task);
  return task;
}

function sessionOf(sub: string, sid = `${sub}.`) {
  return { idp: 'okta', sub, sid, email: `${sub}@example.com`, auth_time: clock.now / 1000 };
}
const until = () => clock.now + 30 * day;

test('a sign-out that the store took and lost, before anybody had read it, is published again', async () => {
  const { it, log } = looseLog();
  const [one, other] = [startTask(log), startTask(log)];
  await Promise.all([one.ready(), other.ready()]);
  await Promise.all([one.ready(), other.ready()]);
  const session = sessionOf('a');
  await one.add(session, until());
  // What took over when the first Redis died had not heard of it.
  it.lines = it.lines.slice(0, -1);
  await one.ready();
  expect(await other.has(session)).toBe(true);
});

test('a sign-out that fails while others are published again is published, too', async () => {
  const { it, log } = looseLog();
  const one = startTask(log);
  await one.ready();
  await one.add(sessionOf('a'), until());
  await one.ready();
  it.lines = it.lines.slice(0, 1);
  it.before = async (text) => {
    if (!text.includes('"ended"')) return;
    it.before = nothing;
    it.isAway = true;
    await one.add(sessionOf('b'), until());
    it.isAway = false;
  };
  await one.ready();
  await one.ready();
  const other = startTask(log);
  await other.ready();
  expect(await other.has(sessionOf('b'))).toBe(true);
});

test('what is over is not removed under somebody who has read it last', async () => {
  const { it, log } = looseLog();
  const [one, other] = [startTask(log), startTask(log)];
  await Promise.all([one.ready(), other.ready()]);
  for (let at = 0; at < 50; at++) await one.add(sessionOf('a', `${at}.`), until());
  await Promise.all([one.ready(), other.ready()]);
  it.at += 120_000;
  await one.add(sessionOf('a', '50.'), until());
  expect(await other.has(sessionOf('somebody'))).toBe(false);
});

test('a task that comes to an empty store late waits for those who know more', async () => {
  const { it, log } = looseLog();
  it.isAway = true;
  const late = startTask(log);
  clock.passed += settled;
  it.isAway = false;
  const session = sessionOf('a');
  clock.now += 10_000;
  await expect(late.has(session)).rejects.toBeInstanceOf(StoreAway);
});

test('a mark by a clock that was ahead ends nobody', async () => {
  const { log } = looseLog();
  clock.now += day;
  const wrong = startTask(log);
  await wrong.ready();
  clock.now = began + 120_000;
  const right = startTask(log);
  await right.ready();
  clock.passed += settled;
  expect(await right.has(sessionOf('a'))).toBe(false);
  expect(await wrong.has(sessionOf('a'))).toBe(false);
});

test('nobody waits for a log that takes long to read', async () => {
  const { it, log } = looseLog();
  const read = Promise.withResolvers<void>();
  it.reading = read.promise;
  const task = startTask(log);
  await expect(task.has(sessionOf('a'))).rejects.toBeInstanceOf(StoreAway);
  read.resolve();
  expect(await task.has(sessionOf('a'))).toBe(false);
});

test('a sign-out of everybody reaches every task, and is published again where the store has lost it', async () => {
  const { it, log } = looseLog();
  const [one, other] = [startTask(log), startTask(log)];
  await Promise.all([one.ready(), other.ready()]);
  await one.addAllOf('*', until());
  expect(await other.has(sessionOf('a'))).toBe(true);
  it.lines = [];
  await other.ready();
  const third = startTask(log);
  await third.ready();
  expect(await third.has(sessionOf('b'))).toBe(true);
  clock.now += 1_000;
  clock.passed += settled;
  expect(await third.has(sessionOf('b'))).toBe(false);
});

test('a line that another version of us has written is passed over, and read on from', async () => {
  const { it, log } = looseLog();
  const task = startTask(log);
  await task.ready();
  for (const text of ['{"ended":{"who":["a"]}}', '{"everyone":true}', '[]', 'null', '{']) {
    await log.append(text);
  }
  expect(await task.has(sessionOf('a'))).toBe(false);
  const lines = it.lines.length;
  await task.ready();
  expect(it.lines).toHaveLength(lines);
  await startTask(log).add(sessionOf('a'), until());
  expect(await task.has(sessionOf('a'))).toBe(true);
});
