import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createTunnels } from './tunnels.ts';
import type { Tunnels } from './tunnels.ts';

let tunnels: Tunnels;

beforeEach(() => {
  jest.useFakeTimers();
  tunnels = createTunnels(60_000);
});

afterEach(() => {
  tunnels.close();
  jest.useRealTimers();
});

test('a tunnel lives while its request would still be let in', async () => {
  const socket = new PassThrough();
  tunnels.add(socket, async () => true);
  await tunnels.recheck();

  expect(socket.destroyed).toBe(false);
});

test.each([
  ['would not be let in any more', async () => false],
  ['cannot be decided about', () => Promise.reject(new Error('no'))],
])('a tunnel ends when its request %s', async (_, stillAllowed) => {
  const [ended, other] = [new PassThrough(), new PassThrough()];
  tunnels.add(ended, stillAllowed);
  tunnels.add(other, async () => true);
  await tunnels.recheck();

  expect([ended.destroyed, other.destroyed]).toEqual([true, false]);
});

test('all are decided about again and again', async () => {
  const stillAllowed = jest.fn(async () => true);
  tunnels.add(new PassThrough(), stillAllowed);
  await jest.advanceTimersByTimeAsync(180_000);

  expect(stillAllowed).toHaveBeenCalledTimes(3);
});

test('a tunnel that has closed is forgotten', async () => {
  const stillAllowed = jest.fn(async () => true);
  const socket = new PassThrough();
  tunnels.add(socket, stillAllowed);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.destroy();
  await closed;
  await tunnels.recheck();

  expect(stillAllowed).not.toHaveBeenCalled();
});

test('a stop ends all of them', () => {
  const sockets = [new PassThrough(), new PassThrough()];
  for (const socket of sockets) tunnels.add(socket, async () => true);
  tunnels.close();

  expect(sockets.map((socket) => socket.destroyed)).toEqual([true, true]);
});
