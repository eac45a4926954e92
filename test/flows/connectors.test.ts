// An application with no way in: a connector beside it dials out, and requests come to it on that connection.
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { connectorAccess, connectorsHost, startConnectorOf, until } from '../fixtures/connector.ts';
import type { ConnectorInTest } from '../fixtures/connector.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { token, lines, assertionKey } = connectorAccess();

const the = useStack({
  proxyEnv: { CONNECTORS_HOST: connectorsHost, ASSERTION_KEY: assertionKey },
  authEnv: { ASSERTION_KEY: assertionKey },
  upstreams: `${lines}
services:
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: intranet
  default: {from: intranet.latchkey.localhost, to: 'http://{{app}}', options: {via: beside, allowed_email_domains: [example.com], skip_auth_regex: ['^/public/']}}
- service: elsewhere
  default: {from: elsewhere.latchkey.localhost, to: 'http://127.0.0.1:1', options: {via: beside, allowed_email_domains: [example.com]}}
`,
});

const running: ConnectorInTest[] = [];

async function connector(env: Record<string, string> = {}): Promise<ConnectorInTest> {
  const { port } = the.stack.app;
  const application = new URL(the.stack.url('intranet')).origin;
  const started = startConnectorOf(the.stack, {
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `${application}=127.0.0.1:${port}`,
    ...env,
  });
  running.push(started);
  await until(() => started.connections() === 1, 'a connection to the proxy');
  return started;
}

afterEach(() => {
  for (const one of running.splice(0)) one.kill();
});

test('a request reaches the application, which knows who asks, and the connector writes down who', async () => {
  const beside = await connector();
  const browser = await the.signedIn();
  const answer = await browser.fetch(the.stack.url('intranet', '/a%2Fb?x=%20&x'));
  expect(answer.status).toBe(200);
  const [entry = { target: '', rawHeaders: [] }] = the.stack.app.received;
  expect(entry.target).toBe('/a%2Fb?x=%20&x');
  expect(valuesOf(entry, 'X-Forwarded-Email')).toEqual(['engineer@example.com']);
  expect(valuesOf(entry, 'X-Forwarded-User')).toEqual(['engineer']);
  expect(beside.lines.at(-1)).toMatchObject({
    audit: 'allowed',
    user: 'engineer@example.com',
    path: '/a%2Fb',
  });
});

const intranet = (target?: string) => the.stack.url('intranet', target);

test('the status and the headers of an answer come back, and HEAD has no body', async () => {
  await connector();
  const browser = await the.signedIn();
  the.stack.app.answer = (req, res) => {
    res.writeHead(req.url === '/missing' ? 404 : 200, { 'X-From': 'application', 'Content-Length': '4' });
    res.end('body');
  };
  const missing = await browser.fetch(intranet('/missing'));
  expect([missing.status, missing.body, missing.headers['x-from']]).toEqual([404, 'body', 'application']);
  const head = await browser.fetch(intranet('/'), { method: 'HEAD' });
  expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '4']);
});

test('ten megabytes go up, in a length or in chunks, and a POST without a body has none', async () => {
  await connector();
  const browser = await the.signedIn();
  let sizes: Array<[string | undefined, number]> = [];
  the.stack.app.answer = (req, res) => {
    let size = 0;
    req.on('data', (chunk: Buffer) => (size += chunk.length));
    req.on('end', () => {
      sizes.push([req.headers['content-length'], size]);
      res.end();
    });
  };
  const body = randomBytes(5 * 1024 * 1024).toString('hex');
  await browser.fetch(intranet('/up'), { method: 'POST', body });
  await browser.fetch(intranet('/up'), { method: 'POST' });
  expect(sizes).toEqual([
    [String(body.length), body.length],
    ['0', 0],
  ]);
  sizes = [];
});

test('forty megabytes come down whole', async () => {
  await connector();
  const browser = await the.signedIn();
  const piece = Buffer.alloc(64 * 1024, 'x');
  the.stack.app.answer = (_, res) => {
    let left = 640;
    function more(): void {
      while (left > 0) {
        left -= 1;
        if (!res.write(piece)) return void res.once('drain', more);
      }
      res.end();
    }
    more();
  };
  const answer = await browser.fetch(intranet('/down'));
  expect(answer.body).toHaveLength(640 * piece.length);
});

test('an event stream arrives as it is written', async () => {
  await connector();
  const browser = await the.signedIn();
  const cookie = await cookieHeader(browser, intranet());
  const opened = Promise.withResolvers<ServerResponse>();
  the.stack.app.answer = (_, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write('data: one\n\n');
    opened.resolve(res);
  };
  const asked = request({ ...proxyAt(), path: '/events', headers: { host: hostOf('intranet'), cookie } });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.setEncoding('utf8');
  expect(await once(answer, 'data')).toEqual(['data: one\n\n']);
  (await opened.promise).write('data: two\n\n');
  expect(await once(answer, 'data')).toEqual(['data: two\n\n']);
  asked.destroy();
  await once(await opened.promise, 'close');
});

test('callers that abandon many requests do not end the connection for others', async () => {
  await connector();
  const cookie = await cookieHeader(await the.signedIn(), intranet());
  const slow = Promise.withResolvers<ServerResponse>();
  the.stack.app.answer = (req, res) => {
    if (req.url === '/slow') slow.resolve(res);
  };
  const arrivals = () => the.stack.app.received.length;
  const headers = { host: hostOf('intranet'), cookie };
  const other = request({ ...proxyAt(), path: '/slow', headers }).end();
  const held = await slow.promise;

  async function abandon(count: number): Promise<void> {
    const before = arrivals();
    const asked = Array.from({ length: count }, () =>
      request({ ...proxyAt(), headers })
        .on('error', () => undefined)
        .end(),
    );
    await until(() => arrivals() === before + count, 'all of them to arrive');
    for (const one of asked) one.destroy();
  }
  // From 1 000 on, Node would by itself end a connection.
  for (let round = 0; round < 30; round += 1) await abandon(50);
  held.end('here');
  const [answer] = (await once(other, 'response')) as [IncomingMessage];
  expect([answer.statusCode, String((await answer.toArray())[0])]).toEqual([200, 'here']);
});

test('callers that read nothing of large answers keep nobody else from one', async () => {
  await connector();
  const cookie = await cookieHeader(await the.signedIn(), intranet());
  const headers = { host: hostOf('intranet'), cookie };
  // More than Node lets a connection hold by itself, in one stream more than it refuses before it ends one.
  const piece = Buffer.alloc(1024 * 1024);
  the.stack.app.answer = (req, res) => void res.end(req.url === '/large' ? piece : 'here');
  const asked = Array.from({ length: 200 }, () =>
    request({ ...proxyAt(), path: '/large', headers })
      .on('error', () => undefined)
      .end(),
  );
  await Promise.all(asked.map((one) => once(one, 'response')));
  const statuses: Array<number | undefined> = [];
  for (let count = 0; count < 120; count += 1) {
    const other = request({ ...proxyAt(), headers }).end();
    const [answer] = (await once(other, 'response')) as [IncomingMessage];
    answer.resume();
    statuses.push(answer.statusCode);
  }
  expect(new Set(statuses)).toEqual(new Set([200]));
  for (const one of asked) one.destroy();
});

test('a WebSocket echoes, and ends at one side when it ends at the other', async () => {
  await connector();
  const browser = await the.signedIn();
  const socket = await openWebSocket(await cookieHeader(browser, intranet()));
  socket.send('hello');
  expect(String(((await once(socket, 'message')) as [Buffer])[0])).toBe('hello');
  expect(valuesOf(the.stack.app.received[0] ?? { rawHeaders: [] }, 'X-Forwarded-User')).toEqual(['engineer']);
  socket.close(1000);
  expect((await once(socket, 'close'))[0]).toBe(1000);
});

test('a handshake that the application answers with no comes back as its answer', async () => {
  await connector();
  const browser = await the.signedIn();
  the.stack.app.answerUpgrade = (socket) => socket.end('HTTP/1.1 418 No\r\nContent-Length: 5\r\n\r\nshort');
  const failed = openWebSocket(await cookieHeader(browser, intranet()));
  await expect(failed).rejects.toThrow('418');
});

test('an answer that breaks off does not look complete', async () => {
  await connector();
  const browser = await the.signedIn();
  the.stack.app.answer = (_, res) => {
    res.writeHead(200, { 'Content-Type': 'text/plain' });
    res.write('half');
    setImmediate(() => res.destroy());
  };
  await expect(browser.fetch(intranet('/half'))).rejects.toThrow();
});

test('without a connector there is a page that says so, or JSON', async () => {
  const browser = await the.signedIn();
  const page = await browser.visit(intranet());
  expect([page.status, page.headers['retry-after']]).toEqual([503, '10']);
  expect(page.body).toContain('The application is not connected');
  expect(JSON.parse((await browser.fetch(intranet())).body)).toMatchObject({ error: 'connector_away' });
});

test('what the list of the connector does not have is not dialed, whatever the route says', async () => {
  const beside = await connector();
  const browser = await the.signedIn();
  const line = the.stack.nextLine(({ error }) => error === 'connector_failed');
  const answer = await browser.fetch(the.stack.url('elsewhere'));
  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([502, { error: 'connector_failed' }]);
  expect((await line)['detail']).toContain('not in CONNECTOR_TARGETS');
  expect(beside.lines.at(-1)).toMatchObject({ audit: 'target_refused', target: '127.0.0.1:1' });
});

test('a target that does not answer has another error than one that is not allowed', async () => {
  const application = new URL(the.stack.url('elsewhere')).origin;
  await connector({ CONNECTOR_TARGETS: `${application}=127.0.0.1:1` });
  const browser = await the.signedIn();
  const line = the.stack.nextLine(({ error }) => error === 'connector_failed');
  expect((await browser.fetch(the.stack.url('elsewhere'))).status).toBe(502);
  expect((await line)['detail']).toContain('ECONNREFUSED');
});

test('a public path names nobody, so the connector lets it through only when it does not verify', async () => {
  const strict = await connector();
  expect((await the.browser().fetch(intranet('/public/x'))).status).toBe(403);
  expect(strict.lines.at(-1)).toMatchObject({ audit: 'refused', reason: 'missing' });
  strict.kill();
  await connector({ CONNECTOR_VERIFY: 'false' });
  expect((await the.browser().fetch(intranet('/public/x'))).status).toBe(200);
});

test('two share the work, and when one is killed only what it was doing fails', async () => {
  const [one] = [await connector(), await connector()];
  const browser = await the.signedIn();
  const held: ServerResponse[] = [];
  the.stack.app.answer = (req, res) => void (req.url === '/held' ? held.push(res) : res.end('fine'));
  const asked = [1, 2, 3, 4].map(async () => browser.fetch(intranet('/held')).then(({ status }) => status));
  await until(() => held.length === 4, 'four requests at the application');
  const ofOne = one?.lines.filter(({ audit }) => audit === 'allowed').length ?? 0;
  expect(ofOne).toBe(2);
  one?.kill();
  await until(() => held.filter((res) => res.destroyed).length === 2, 'two of them broken off');
  // A GET that broke off before its answer is asked again, of the other one.
  await until(() => held.length === 6, 'the two of them asked again');
  for (const res of held) res.end('late');
  expect(await Promise.all(asked)).toEqual([200, 200, 200, 200]);
  expect((await browser.fetch(intranet('/next'))).body).toBe('fine');
});

test('one that is asked to stop finishes what it does, takes nothing new, and then ends', async () => {
  const [one] = [await connector(), await connector()];
  const browser = await the.signedIn();
  const held: ServerResponse[] = [];
  the.stack.app.answer = (req, res) => void (req.url === '/held' ? held.push(res) : res.end('fine'));
  const asked = [1, 2].map(async () => browser.fetch(intranet('/held'), { method: 'POST' }));
  await until(() => held.length === 2, 'two requests at the application');
  const stopped = one?.stop();
  expect((await browser.fetch(intranet('/next'))).body).toBe('fine');
  for (const res of held) res.end('whole');
  expect((await Promise.all(asked)).map(({ body }) => body)).toEqual(['whole', 'whole']);
  await stopped;
  expect(one?.connections()).toBe(0);
  expect(one?.lines.filter(({ path }) => path === '/next')).toEqual([]);
});

test('an account that is taken out of the file ends its connections, and one that is back is let in again', async () => {
  const beside = await connector();
  const before = the.stack.table.current();
  the.stack.table.replace({ ...before, root: { ...before.root, serviceAccounts: new Map() } });
  await until(() => beside.connections() === 0, 'the end of the connection');
  await until(() => String(beside.lines.at(-1)?.['detail']).includes('the proxy answered 401'), 'a refusal');
  the.stack.table.replace(before);
  await until(() => beside.connections() === 1, 'another connection');
});

function hostOf(name: string): string {
  return `${name}.latchkey.localhost:${the.stack.ports.proxy}`;
}

function proxyAt() {
  return { host: '127.0.0.1', port: the.stack.ports.proxy };
}

async function openWebSocket(cookie: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo`, {
    headers: { host: hostOf('intranet'), cookie },
  });
  await once(socket, 'open');
  return socket;
}
