import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSearch } from './search.ts';
import type { Search } from './search.ts';

/** Whether the next try is made at once, or so late that nobody waits for it. */
async function isFast(search: Search): Promise<boolean> {
  const stopped = new AbortController();
  const paused = search.pause(stopped.signal).then(() => true);
  const fast = await Promise.race([paused, sleep(600, false)]);
  stopped.abort();
  await paused;
  return fast;
}

test('tries are fast while a task is missing that another one knows, and slow when there is none', async () => {
  const held = new Set(['a']);
  const search = createSearch(() => held);
  const connection = {};
  expect(await isFast(search)).toBe(false);
  search.heard(connection, ['a', 'b']);
  expect(await isFast(search)).toBe(true);
  held.add('b');
  expect(await isFast(search)).toBe(false);
  held.delete('b');
  search.lost(connection);
  expect(await isFast(search)).toBe(false);
});

test('what is heard in a long pause ends it', async () => {
  const search = createSearch(() => new Set(['a']));
  const paused = search.pause(AbortSignal.timeout(30_000));
  search.heard({}, ['a', 'b']);
  await paused;
});

test('fast tries are ten for each task at most, and begin anew with a task that is new', async () => {
  const search = createSearch(() => new Set(['a']));
  const connection = {};
  search.heard(connection, ['a', 'never']);
  for (let at = 0; at < 20; at += 1) search.tried(false);
  expect(await isFast(search)).toBe(false);
  search.heard(connection, ['a', 'never', 'new']);
  expect(await isFast(search)).toBe(true);
});
