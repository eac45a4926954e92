import { afterEach, expect, test } from '@jest/globals';
import { freshKey } from '@latchkey/testing/environments';
import { freePorts } from '@latchkey/testing/ports';
import { once } from 'node:events';
import { performServerHandshake } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { createConnectorPool } from '../pool.ts';
import { siblingKeys } from './keys.ts';
import { joinSiblings } from './siblings.ts';
import type { Siblings } from './siblings.ts';

const [old, fresh] = [freshKey(), freshKey()];
const open: Siblings[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

type Started = Siblings & { readonly logged: string[]; readonly left: readonly string[][] };

/** Two tasks, each with secrets of its own. */
async function two(
  ...secrets: readonly [readonly [string, ...string[]], readonly [string, ...string[]]]
): Promise<[Started, Started]> {
  const ports = await freePorts(2);
  const places = ports.map((port) => ({ host: '127.0.0.1', port }));
  const [one, other] = await Promise.all(
    secrets.map(async (own, at) => {
      const logged: string[] = [];
      const left: string[][] = [];
      const joined = await joinSiblings({
        settings: { port: ports[at] ?? 0, places },
        address: '127.0.0.1',
        secrets: own,
        task: `task-${at}`,
        pool: createConnectorPool({ changed: () => undefined, leaving: () => undefined }),
        leaving: (names) => void left.push([...names]),
        log: pino({}, { write: (line: string) => void logged.push(line) }),
      });
      open.push(joined);
      return { ...joined, logged, left };
    }),
  );
  if (one === undefined || other === undefined) throw new Error('there are two');
  return [one, other];
}

const leads = ({ lines }: Siblings, name: string) => lines.least(name, new Set()) !== undefined;

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !holds(); await sleep(10))
    if (performance.now() > end) throw new Error('not within ten seconds');
}

test('each hears which connectors the other has, and when one is gone', async () => {
  const [one, other] = await two([old], [old]);
  other.tell(['grafana-prod']);
  await until(() => leads(one, 'grafana-prod'));
  expect([leads(one, 'wiki'), leads(other, 'grafana-prod')]).toEqual([false, false]);
  other.tell([]);
  await until(() => !leads(one, 'grafana-prod'));
});

test('while the secret is changed, tasks that show the old one and the new one know each other', async () => {
  const [one, other] = await two([old, fresh], [fresh, old]);
  one.tell(['grafana-prod']);
  other.tell(['wiki']);
  await until(() => leads(one, 'wiki') && leads(other, 'grafana-prod'));
});

test('a task with another secret is not reached, and the log says so once', async () => {
  const [one, other] = await two([old], [fresh]);
  other.tell(['wiki']);
  const said = () =>
    one.logged.filter((line) => line.includes('another task of the proxy cannot be reached'));
  await until(() => said().length > 0);
  // A second try is made after two seconds.
  await sleep(2_500);
  expect([said().length, leads(one, 'wiki')]).toEqual([1, false]);
});

test('one that stops is not asked any more, and what goes over it is to end', async () => {
  const [one, other] = await two([old], [old]);
  other.tell(['wiki']);
  await until(() => leads(one, 'wiki'));
  // It goes before its task does: something may still be under way to it.
  other.tell(['grafana-prod']);
  await until(() => leads(one, 'grafana-prod'));
  await other.drain(5_000);
  await until(() => one.left.length > 0);
  expect(one.left).toEqual([['wiki', 'grafana-prod']]);
  expect(leads(one, 'grafana-prod')).toBe(false);
});

test('one that has the key and answers nothing is watched from the start', async () => {
  const silent = createServer(siblingKeys([old]).server).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const port = (silent.address() as AddressInfo).port;
  const [own = 0] = await freePorts(1);
  const pool = createConnectorPool({ changed: () => undefined, leaving: () => undefined });
  const settings = { port: own, places: [{ host: '127.0.0.1', port }] };
  const met = once(silent, 'secureConnection');
  open.push(
    await joinSiblings({
      settings,
      address: '127.0.0.1',
      secrets: [old],
      task: 'one',
      pool,
      leaving: () => undefined,
      log: pino({ enabled: false }),
    }),
  );
  const [socket] = (await met) as [TLSSocket];
  const session = performServerHandshake(socket);
  session.on('error', () => undefined);
  await once(session, 'ping');
  session.destroy();
  silent.close();
});
