import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createUnderway } from './underway.ts';

let collect: (options?: { type: 'minor' }) => void;
beforeAll(() => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as typeof collect;
});
afterAll(() => setFlagsFromString('--no-expose-gc'));

function socket(): Socket {
  return new EventEmitter() as Socket;
}

function answerOn(connection: Socket): ServerResponse {
  return { req: { socket: connection } } as ServerResponse;
}

test('knows the answer that is under way on a connection, until that or the connection is over', () => {
  const underway = createUnderway();
  const [one, other] = [socket(), socket()];
  const answer = answerOn(one);
  underway.begin(answer);
  expect(underway.on(one)).toBe(answer);
  expect(underway.on(other)).toBeUndefined();
  expect(underway.all()).toStrictEqual([answer]);
  underway.end(answer);
  expect(underway.all()).toStrictEqual([]);

  const next = answerOn(one);
  underway.begin(next);
  one.emit('close');
  underway.end(next);
  expect(underway.all()).toStrictEqual([]);
});

test('answers that are over are garbage of the young generation, however long the server has been up', async () => {
  const underway = createUnderway();
  const connections = Array.from({ length: 64 }, socket);
  function serve(): void {
    const served = connections.map((connection) => Object.assign(answerOn(connection), { held: held() }));
    served.forEach((answer) => underway.begin(answer));
    served.forEach((answer) => underway.end(answer));
  }
  serve();
  // What is there now is old from here on.
  collect();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 50; round++) {
    serve();
    await nextTurn();
    collect({ type: 'minor' });
  }
  collect({ type: 'minor' });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan((50 * 64 * bytesHeld) / 4);
});

// As much as a request makes.
const bytesHeld = 8 * 1024;

function held(): unknown[] {
  return Array<unknown>(bytesHeld / 8).fill(undefined);
}
