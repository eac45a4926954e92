import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpError } from '../http-error.ts';
import { createUnauthenticatedWork } from './unauthenticated-work.ts';

test('fifty at once, three hundred in line, and the rest are asked to come again', async () => {
  const work = createUnauthenticatedWork();
  const open = Promise.withResolvers<void>();
  const outcomes: Promise<unknown>[] = [];
  let [atWork, most] = [0, 0];
  const arrived = Promise.withResolvers<void>();
  const server = createServer((_, res) => {
    const outcome = work(res, '203.0.113.9', async () => {
      most = Math.max(most, ++atWork);
      await open.promise;
      atWork--;
    });
    outcomes.push(outcome.catch((error: unknown) => error).finally(() => res.end()));
    if (outcomes.length === 400) arrived.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answers = Array.from({ length: 400 }, () => fetch(`http://127.0.0.1:${port}/`));
  await arrived.promise;
  open.resolve();
  const seen = await Promise.all(outcomes);
  await Promise.all(answers);
  server.close();

  expect(most).toBe(50);
  const refused = seen.filter((outcome) => outcome instanceof HttpError);
  expect(refused).toHaveLength(50);
  expect(refused[0]).toMatchObject({ code: 'overloaded', headers: { 'Retry-After': '10' } });
});

test('callers without an address of their own have the share of one', async () => {
  const work = createUnauthenticatedWork();
  const served: string[] = [];
  const ends: Array<() => void> = [];
  const outcomes: Promise<void>[] = [];
  const full = Promise.withResolvers<void>();
  const server = createServer((req, res) => {
    const client = req.url === '/named' ? '203.0.113.9' : '127.0.0.1';
    const outcome = work(res, client, async () => {
      served.push(client);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
    outcomes.push(outcome.finally(() => res.end()));
    if (outcomes.length === 52) full.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const headers = { 'X-Forwarded-For': '198.51.100.7' };
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const answers = Array.from({ length: 51 }, () => ask('/'));
  while (outcomes.length < 51) await new Promise((resolve) => void setImmediate(resolve));
  answers.push(ask('/named'));
  await full.promise;
  ends.shift()?.();
  while (served.length < 51) await new Promise((resolve) => void setImmediate(resolve));
  expect(served.at(-1)).toBe('203.0.113.9');
  while (outcomes.length > 0) {
    for (const end of ends.splice(0)) end();
    await outcomes.shift();
  }
  await Promise.all(answers);
  server.close();
});
