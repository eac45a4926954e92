import { afterEach, expect, test } from '@jest/globals';
import { taskHeader } from '@latchkey/contract';
import { freshKey } from '@latchkey/testing/environments';
import { freePorts } from '@latchkey/testing/ports';
import { once } from 'node:events';
import { performServerHandshake } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
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
        leavesWithinMs: 60_000,
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

test('each hears which connectors the other has, and when one has left', async () => {
  const [one, other] = await two([old], [old]);
  other.announce(['grafana-prod']);
  await until(() => leads(one, 'grafana-prod'));
  expect([leads(one, 'wiki'), leads(other, 'grafana-prod')]).toEqual([false, false]);
  other.announce([]);
  await until(() => !leads(one, 'grafana-prod'));
});

test('while the secret is changed, tasks that show the old one and the new one know each other', async () => {
  const [one, other] = await two([old, fresh], [fresh, old]);
  one.announce(['grafana-prod']);
  other.announce(['wiki']);
  await until(() => leads(one, 'wiki') && leads(other, 'grafana-prod'));
});

test('a task with another secret is not reached, and the log says so once', async () => {
  const [one, other] = await two([old], [fresh]);
  other.announce(['wiki']);
  const said = () =>
    one.logged.filter((line) => line.includes('another task of the proxy cannot be reached'));
  await until(() => said().length > 0);
  // A second try is made after two seconds.
  await sleep(2_500);
  expect([said().length, leads(one, 'wiki')]).toEqual([1, false]);
});

test('one that stops is not asked any more, and what goes over it is to end', async () => {
  const [one, other] = await two([old], [old]);
  other.announce(['wiki']);
  await until(() => leads(one, 'wiki'));
  // It goes before its task does: something may still be under way to it.
  other.announce(['grafana-prod']);
  await until(() => leads(one, 'grafana-prod'));
  await other.drain(5_000);
  await until(() => one.left.length > 0);
  expect(one.left).toEqual([['wiki', 'grafana-prod']]);
  expect(leads(one, 'grafana-prod')).toBe(false);
});

/** A task that joins one that shows the same secret, and that says whatever a test wants. */
async function joined(leavesWithinMs: number) {
  const server = createServer(siblingKeys([old]).server).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const met = once(server, 'secureConnection');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const { port } = server.address() as AddressInfo;
  const [own = 0] = await freePorts(1);
  const one = await joinSiblings({
    settings: { port: own, places: [{ host: '127.0.0.1', port }] },
    address: '127.0.0.1',
    secrets: [old],
    task: 'one',
    pool: createConnectorPool({ changed: () => undefined, leaving: () => undefined }),
    leavesWithinMs,
    leaving: () => undefined,
    log: pino({ enabled: false }),
  });
  open.push(one);
  const [socket] = (await met) as [TLSSocket];
  const session = performServerHandshake(socket);
  session.on('error', () => undefined);
  return { one, session, server };
}

test('one that has the key and answers nothing is watched from the start', async () => {
  const { session, server } = await joined(60_000);
  await once(session, 'ping');
  session.destroy();
  server.close();
});

test('one that says that it stops and then says nothing more is ended, and what goes over it', async () => {
  const { one, session, server } = await joined(50);
  session.on('stream', function asked(stream: ServerHttp2Stream, { ':method': method }) {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, [taskHeader]: 'other' });
    if (method === 'GET') stream.write('["wiki"]\n');
  });
  await until(() => leads(one, 'wiki'));
  const stream = one.lines
    .least('wiki', new Set())
    ?.session.request({ ':method': 'CONNECT', ':authority': 'wiki' }, { endStream: false });
  await once(stream ?? session, 'response');
  session.close();
  await expect(once(stream ?? session, 'close')).rejects.toThrow('it was to end, and has not within 0.05 s');
  server.close();
});
