import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import { connectionKey } from './kernel-queues.ts';
import { createStallWatch, StalledError } from './stalled.ts';

type Fake = { bytesWritten: number; writableLength: number };

let now = 0;
let queue: number | undefined;
beforeEach(() => {
  now = 0;
  queue = undefined;
});

const ends = { localAddress: '10.0.0.1', localPort: 80, remoteAddress: '10.0.0.2', remotePort: 5_000 };

/** A connection with so much written to it, of which so much waits; and a look every second. */
function watched(bytesWritten: number, writableLength: number) {
  const fake: Fake = { bytesWritten, writableLength };
  const socket = Object.assign(fake, ends) as unknown as Socket & Fake;
  const key = connectionKey(socket) ?? '';
  const watch = createStallWatch({
    writeMs: 8_000,
    now: () => now,
    queues: () => Promise.resolve(new Map(queue === undefined ? [] : [[key, queue]])),
  });
  /** looks each second, and gives the second in which the connection is found stalled */
  async function stallsWithin(seconds: number, each: (second: number) => void = () => undefined) {
    for (let second = 1; second <= seconds; second++) {
      each(second);
      const stalled = await watch.look([socket]);
      if (stalled.length > 0) return second;
      now += 1_000;
    }
    return undefined;
  }
  return { fake, stallsWithin };
}

describe('a connection', () => {
  test('has stalled when nothing of what waits was sent in all the time', async () => {
    expect(await watched(100, 40).stallsWithin(60)).toBe(9);
  });

  test('has not stalled while nothing waits for it, however long that is', async () => {
    expect(await watched(100, 0).stallsWithin(1_000)).toBeUndefined();
  });

  test('has not stalled while more of it goes, however little', async () => {
    const { fake, stallsWithin } = watched(100, 40);
    const trickle = (second: number) => {
      if (second % 7 === 0) fake.writableLength -= 1;
    };
    expect(await stallsWithin(200, trickle)).toBeUndefined();
  });

  test('stalls although ever more is written to it', async () => {
    const { fake, stallsWithin } = watched(100, 40);
    const pile = () => {
      fake.bytesWritten += 10;
      fake.writableLength += 10;
    };
    expect(await stallsWithin(60, pile)).toBe(9);
  });

  test('gets the whole time again after it has taken everything', async () => {
    const { fake, stallsWithin } = watched(100, 40);
    const pause = (second: number) => {
      fake.writableLength = second === 6 ? 0 : 40;
    };
    expect(await stallsWithin(60, pause)).toBe(15);
  });

  test('has not stalled while the kernel still passes on what it was given', async () => {
    const { stallsWithin } = watched(100, 40);
    queue = 1_000_000;
    const drain = (second: number) => {
      if (second % 7 === 0) queue = (queue ?? 0) - 1_000;
    };
    expect(await stallsWithin(200, drain)).toBeUndefined();
  });

  test('has stalled when the kernel holds on to all of it, too', async () => {
    const { stallsWithin } = watched(100, 40);
    queue = 1_000_000;
    expect(await stallsWithin(60)).toBe(10);
  });
});

test('the error says how long it was', () => {
  expect(new StalledError(30_000).message).toBe(
    'the caller took nothing for 30 s, though there was something to take',
  );
});
