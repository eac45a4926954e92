import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { createPlaces, takeBoth } from './places.ts';
import type { ReleasePlace, Taking } from './places.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const caller = () => new PassThrough();

async function taken(place: Taking): Promise<ReleasePlace> {
  const release = await place;
  if (release === undefined) throw new Error('no place was given');
  return release;
}

test('a place that is given back goes to who has waited longest', async () => {
  const places = createPlaces({ atOnce: 1, waiting: 2, withinMs: 1_000 });
  const release = await taken(places.take('a', caller()));
  const served: string[] = [];
  const second = taken(places.take('a', caller()));
  const third = taken(places.take('a', caller()));
  void second.then(() => served.push('second'));
  void third.then(() => served.push('third'));
  release();
  (await second)();
  await third;
  expect(served).toEqual(['second', 'third']);
});

test('a place that is given back twice is one place', async () => {
  const places = createPlaces({ atOnce: 1, waiting: 1, withinMs: 1_000 });
  const release = await taken(places.take('a', caller()));
  release();
  release();
  await taken(places.take('a', caller()));
  const another = places.take('a', caller());
  release();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await another).toBeUndefined();
});

test('each key has places of its own', async () => {
  const places = createPlaces({ atOnce: 1, waiting: 0, withinMs: 1_000 });
  await taken(places.take('a', caller()));
  await taken(places.take('b', caller()));
  expect(await places.take('a', caller())).toBeUndefined();
});

test('a place that comes free goes to the one who has fewest', async () => {
  const places = createPlaces({ atOnce: 2, waiting: 3, withinMs: 1_000 });
  const release = await taken(places.take('a', caller(), 'many'));
  await taken(places.take('a', caller(), 'many'));
  const served: string[] = [];
  const many = taken(places.take('a', caller(), 'many'));
  const one = taken(places.take('a', caller(), 'one'));
  void many.then(() => served.push('many'));
  void one.then(() => served.push('one'));
  release();
  (await one)();
  await many;
  expect(served).toEqual(['one', 'many']);
});

test('from a full line the one who stands there most often makes room, the last of theirs first', async () => {
  const places = createPlaces({ atOnce: 1, waiting: 3, withinMs: 1_000 });
  const release = await taken(places.take('a', caller(), 'many'));
  const [first, second, third] = [1, 2, 3].map(() => places.take('a', caller(), 'many'));
  const one = places.take('a', caller(), 'one');
  expect(await third).toBeUndefined();
  // Two of one and one of the other: another of either would be no fairer.
  expect(await places.take('a', caller(), 'one')).toBeUndefined();
  expect(await places.take('a', caller(), 'many')).toBeUndefined();
  release();
  for (const place of [first, second, one]) (await place)?.();
  await taken(places.take('a', caller()));
});

test('a caller that has waited too long leaves the line, and so does one that has closed', async () => {
  const places = createPlaces({ atOnce: 1, waiting: 2, withinMs: 1_000 });
  const release = await taken(places.take('a', caller()));
  const closed = caller();
  const waits = places.take('a', closed);
  closed.destroy();
  expect(await waits).toBeUndefined();
  const late = places.take('a', caller());
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await late).toBeUndefined();
  release();
  await taken(places.take('a', caller()));
});

test('of several places all are taken or none, and all are given back', async () => {
  const places = createPlaces({ atOnce: 1, waiting: 0, withinMs: 1_000 });
  const take = (key: string) => () => places.take(key, caller());
  const both = () => takeBoth(take('a')(), take('b'));
  const release = await taken(places.take('b', caller()));
  expect(await both()).toBeUndefined();
  release();
  (await taken(both()))();
  await taken(both());
});
