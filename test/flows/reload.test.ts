// A new upstream file comes into force between two requests, in one step, and for everything that is open.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { WebSocket } from 'ws';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

let initial: RouteTable;
beforeEach(() => void (initial = the.stack.table.current()));
afterEach(() => the.stack.table.replace(initial));

/** Puts a file in force that has these hosts, each with its rules. */
function reload(rules: Record<string, string>): void {
  const services = Object.entries(rules).map(
    ([name, rule]) =>
      `- {service: ${name}, default: {from: ${name}.latchkey.localhost, to: '127.0.0.1:${the.stack.app.port}', options: {${rule}}}}`,
  );
  const { table, diagnostics } = loadUpstreams({
    ...the.stack.proxySettings.upstream,
    file: 'next.yml',
    text: services.join('\n'),
  });
  if (table === undefined) throw new Error(JSON.stringify(diagnostics));
  the.stack.table.replace(table);
}

const company = 'allowed_email_domains: [example.com]';
const engineering = 'allowed_groups: [engineering@example.com]';
const security = 'allowed_groups: [security@example.com]';

async function echoes(socket: WebSocket): Promise<boolean> {
  socket.send('still there?');
  const [message] = (await once(socket, 'message')) as [Buffer];
  return message.toString() === 'still there?';
}

describe('a request under way', () => {
  test('is finished under the table that decided about it; the next one is not', async () => {
    const browser = await the.signedIn();
    const arrived = Promise.withResolvers<ServerResponse>();
    the.stack.app.answer = (_req, res) => {
      res.write('begun, ');
      arrived.resolve(res);
    };
    const answer = browser.fetch(the.stack.url('hello', '/slow'));
    const slow = await arrived.promise;
    reload({ wiki: engineering });
    expect((await browser.fetch(the.stack.url('hello'))).status).toBe(421);

    slow.end('finished');
    expect(await answer).toMatchObject({ status: 200, body: 'begun, finished' });
  });

  test('is finished also where its answer has not begun', async () => {
    const browser = await the.signedIn();
    const arrived = Promise.withResolvers<ServerResponse>();
    the.stack.app.answer = (_req, res) => arrived.resolve(res);
    const answer = browser.fetch(the.stack.url('hello', '/slow'));
    const slow = await arrived.promise;
    reload({ hello: security });
    expect((await browser.fetch(the.stack.url('hello'))).status).toBe(403);

    slow.end('finished');
    expect(await answer).toMatchObject({ status: 200, body: 'finished' });
  });
});

describe('an open WebSocket', () => {
  const sockets: WebSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });

  async function open(email: string): Promise<WebSocket> {
    const cookie = await cookieHeader(await the.signedIn(email), the.stack.url('wiki'));
    const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo`, {
      headers: { host: `wiki.latchkey.localhost:${the.stack.ports.proxy}`, cookie },
    });
    sockets.push(socket);
    await once(socket, 'open');
    return socket;
  }

  test.each([
    ['refuses its person', { wiki: security }],
    ['does not have its host', { hello: company }],
  ])('is closed where the new table %s', async (_, rules) => {
    const socket = await open('engineer@example.com');
    expect(await echoes(socket)).toBe(true);
    const closed = once(socket, 'close');
    reload(rules);
    await closed;
  });

  test('stays open where the new table lets its person in, be it by another rule', async () => {
    reload({ hello: company, wiki: company });
    const staying = await open('engineer@example.com');
    const leaving = await open('finance@example.com');
    const closed = once(leaving, 'close');
    reload({ wiki: engineering });
    await closed;
    expect(await echoes(staying)).toBe(true);
  });
});

describe('what is known about a session', () => {
  test('a group that the old file did not name is asked for at once', async () => {
    const browser = await the.signedIn('admin@example.com');
    reload({ hello: company });
    expect((await browser.fetch(the.stack.url('hello'))).status).toBe(200);

    reload({ hello: company, vault: security });
    expect((await browser.fetch(the.stack.url('vault'))).status).toBe(200);
    expect(valuesOf(the.stack.app.received.at(-1) ?? { rawHeaders: [] }, 'X-Forwarded-Groups')).toEqual([
      'security@example.com',
    ]);
  });

  test('a decision is not remembered from one table to the next', async () => {
    const browser = await the.signedIn();
    const statuses: number[] = [];
    for (const rule of [engineering, security, company, security, engineering]) {
      reload({ wiki: rule });
      statuses.push((await browser.fetch(the.stack.url('wiki'))).status);
    }
    expect(statuses).toEqual([200, 403, 200, 403, 200]);
  });

  test('what was public is public no more', async () => {
    reload({ hello: `${company}, skip_auth_regex: [^/open/]` });
    expect((await the.browser().fetch(the.stack.url('hello', '/open/'))).status).toBe(200);
    reload({ hello: company });
    expect((await the.browser().fetch(the.stack.url('hello', '/open/'))).status).toBe(401);
  });
});
