import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { closeFrame, maskedCloseFrame } from './frames.ts';
import { createTunnel } from './tunnel.ts';
import type { Tunnel } from './tunnel.ts';

let servers: Server[];
/** the ends of the two connections: the browser's and ours, ours and the application's */
let browser: Socket, toBrowser: Socket, toApp: Socket, app: Socket;
let tunnel: Tunnel;

async function connected(allowHalfOpen: boolean): Promise<[client: Socket, served: Socket]> {
  const server = createServer({ allowHalfOpen }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [served] = (await once(server, 'connection')) as [Socket];
  for (const socket of [client, served]) socket.on('error', () => socket.destroy());
  return [client, served];
}

beforeEach(async () => {
  servers = [];
  // As Node's HTTP server and client have theirs.
  [browser, toBrowser] = await connected(true);
  [toApp, app] = await connected(false);
  tunnel = createTunnel(toBrowser, toApp);
  tunnel.open();
});

afterEach(() => {
  jest.useRealTimers();
  for (const socket of [browser, toBrowser, toApp, app]) socket.destroy();
  for (const server of servers) server.close();
});

const frame = (length: number) => {
  const head = Buffer.from([0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 6);
  return Buffer.concat([head, Buffer.alloc(length)]);
};

test('a browser that reads slowly gets all that an application sends before it closes', async () => {
  const bytes = Buffer.concat([frame(300_000), closeFrame(4_000)]);
  app.end(bytes);
  const [closed] = [once(toApp, 'close'), app.resume()];
  await closed;

  expect((await buffer(browser)).equals(bytes)).toBe(true);
});

test('a close frame comes after the frame that is under way, and nothing comes after it', async () => {
  const whole = frame(300_000);
  app.write(whole.subarray(0, 200_000));
  await once(browser, 'readable');
  tunnel.close(1008);
  app.write(Buffer.concat([whole.subarray(200_000), frame(10)]));

  expect((await buffer(browser)).equals(Buffer.concat([whole, closeFrame(1008)]))).toBe(true);
});

test('a frame that does not end holds nothing open, and gets nothing inside it', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const whole = frame(1_000);
  app.write(whole.subarray(0, 500));
  await once(browser, 'readable');
  const [received, closed] = [buffer(browser), once(app.resume(), 'close')];
  tunnel.close(1008);
  jest.advanceTimersByTime(5_000);
  await closed;

  expect((await received).equals(whole.subarray(0, 500))).toBe(true);
});

test('what a browser sends after the end does not arrive', async () => {
  const received = buffer(app);
  browser.write('before');
  await once(app, 'readable');
  tunnel.close(1008);
  await once(browser, 'readable');
  browser.end('after');

  expect((await received).toString()).toBe('before');
});

test('an application gets the same code, after the last frame of its browser, and masked', async () => {
  const received = buffer(app);
  browser.write(maskedCloseFrame(4_000));
  await once(app, 'readable');
  tunnel.close(1008);

  const frames = await received;
  expect(frames).toHaveLength(16);
  expect([...frames.subarray(8, 10)]).toEqual([0x88, 0x82]);
  const [key, payload] = [frames.subarray(10, 14), frames.subarray(14)];
  expect(Buffer.from(payload.map((byte, at) => byte ^ key.readUInt8(at))).readUInt16BE()).toBe(1008);
});

test('an application gets nothing inside a frame of its browser that is under way, and none of the rest of it', async () => {
  const received = buffer(app);
  const whole = frame(1_000);
  browser.write(whole.subarray(0, 500));
  await once(app, 'readable');
  tunnel.close(1008);
  browser.write(whole.subarray(500));

  expect((await received).equals(whole.subarray(0, 500))).toBe(true);
});

test('an application that breaks off at its close frame takes nothing from the one of its browser', async () => {
  app.on('data', () => app.resetAndDestroy());
  tunnel.close(1001);
  expect((await buffer(browser)).equals(closeFrame(1001))).toBe(true);
});

test.each(['browser', 'app'] as const)('where the %s breaks off, the other side is closed', async (who) => {
  const [one, other] = who === 'browser' ? [browser, app] : [app, browser];
  const closed = once(other.resume(), 'close');
  one.resetAndDestroy();
  await closed;
});
