// With `client_identity` an application knows who asks by the certificate of the connection. Connections are kept and shared,
// so a colleague who asks right behind somebody, or at the same time, would be taken for them on theirs.
import { afterAll, expect, test } from '@jest/globals';
import { makeAuthority } from '@latchkey/testing/authority';
import { makeServiceToken, hashOfToken } from '@latchkey/access';
import type { Browser } from '@latchkey/testing/browser';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { cookieHeader, signedIn } from '../fixtures/sign-in.ts';
import { startStack } from '../fixtures/stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
const people = makeAuthority({ name: 'people' });
const servers = makeAuthority({ name: 'servers' });
const own = servers.issue();
function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}
const files = {
  ca: write('servers.pem', servers.cert),
  cert: write('people.pem', people.cert),
  key: write('people.key', people.key),
};

const connections = new WeakMap<TLSSocket, number>();
let opened = 0;
/** Which connection a request came on, and who its certificate names. */
function seen(socket: TLSSocket): string {
  const at = connections.get(socket) ?? ++opened;
  connections.set(socket, at);
  return `${at} ${socket.getPeerX509Certificate()?.subject ?? 'nobody'}`;
}

const tls = { ...own, ca: people.cert, requestCert: true, rejectUnauthorized: true };
const http1 = createServer(tls, (req, res) => {
  res.end(seen(req.socket as TLSSocket));
});
http1.keepAliveTimeout = 60_000;
new WebSocketServer({ server: http1 }).on('connection', (ws, { socket }) =>
  ws.send(seen(socket as TLSSocket)),
);
const http2 = createSecureServer(tls);
const sockets = new Set<TLSSocket>();
for (const server of [http1, http2])
  server.on('secureConnection', (socket: TLSSocket) => sockets.add(socket));
http2.on('session', (session) => {
  session.on('stream', (stream) => {
    stream.respond({ ':status': 200 });
    stream.end(seen(session.socket as TLSSocket));
  });
});
const ports = await Promise.all(
  [http1, http2].map(async (server: Server) => {
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }),
);

const robot = makeServiceToken('robot');
const account = `{name: robot, secret_hashes: [{hash: '${hashOfToken(robot)}'}]}`;
const route = (
  name: string,
  port: number | undefined,
  options: string,
  identity = "subject: 'CN={email}'",
) => `
  - service: ${name}
    default:
      from: ${name}.latchkey.localhost
      to: https://localhost:${port}
      options:
        allowed_email_domains: [example.com]
        keep_alive: 30s
        ca_file: ${files.ca}
        client_identity: {ca_cert_file: ${files.cert}, ca_key_file: ${files.key}, ${identity}}
        ${options}`;
const upstreams = `
service_accounts: [${account}]
services:
  - service: hello
    default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}
${route('one', ports[0], 'bearer: true\n        allowed_clients: [robot]')}
${route('two', ports[1], 'protocol: h2\n        bearer: true\n        allowed_clients: [robot]')}
${route('sub', ports[0], '', "subject: 'UID={sub}', san_uri: 'spiffe://corp/{idp}/{user}'")}
${route('robots', ports[0], 'bearer: true\n        allowed_clients: [robot]', "subject: 'CN={email}', machine_subject: 'CN={name},OU=machines'")}
`;
const the = useStack({ upstreams });
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  http1.close();
  http2.close();
  rmSync(folder, { recursive: true });
});

const [engineer, admin] = ['engineer@example.com', 'admin@example.com'];
const ask = async (browser: Browser, host: string) => (await browser.fetch(the.stack.url(host))).body;
const numbersOf = (answers: readonly string[]) => new Set(answers.map((answer) => answer.split(' ')[0]));

test.each(['one', 'two'])(
  'each is named by their own certificate, one after the other (%s)',
  async (host) => {
    const [mine, yours] = [await the.signedIn(engineer), await the.signedIn(admin)];
    const answers: [mine: string, yours: string][] = [];
    for (let round = 0; round < 5; round += 1) answers.push([await ask(mine, host), await ask(yours, host)]);
    for (const [first, second] of answers) {
      expect(first).toMatch(/^\d+ CN=engineer@example\.com$/);
      expect(second).toMatch(/^\d+ CN=admin@example\.com$/);
    }
    // Both were kept: it is not for want of sharing.
    expect(numbersOf(answers.map(([first]) => first)).size).toBe(1);
    expect(numbersOf(answers.map(([, second]) => second)).size).toBe(1);
  },
);

test.each(['one', 'two'])('and all at once (%s)', async (host) => {
  const [mine, yours] = [await the.signedIn(engineer), await the.signedIn(admin)];
  const many = async (browser: Browser) => Promise.all(Array.from({ length: 20 }, () => ask(browser, host)));
  const [first, second] = await Promise.all([many(mine), many(yours)]);
  expect(new Set(first.map((answer) => answer.replace(/^\d+ /, '')))).toEqual(new Set([`CN=${engineer}`]));
  expect(new Set(second.map((answer) => answer.replace(/^\d+ /, '')))).toEqual(new Set([`CN=${admin}`]));
  expect(numbersOf(first).isDisjointFrom(numbersOf(second))).toBe(true);
});

test('a new connection of somebody does not go on with the TLS session of somebody else', async () => {
  const [mine, yours] = [await the.signedIn(engineer), await the.signedIn(admin)];
  expect(await ask(mine, 'one')).toContain(engineer);
  for (const socket of sockets) socket.destroy();
  expect(await ask(yours, 'one')).toContain(admin);
  for (const socket of sockets) socket.destroy();
  expect(await ask(mine, 'one')).toContain(engineer);
});

test('the same person in another browser has another session, another certificate and another connection', async () => {
  const [one, other] = [await the.signedIn(), await the.signedIn()];
  const answers = [await ask(one, 'one'), await ask(other, 'one')];
  expect(numbersOf(answers).size).toBe(2);
});

test('a WebSocket is named as well', async () => {
  const browser = await the.signedIn(admin);
  const ws = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/`, {
    headers: {
      host: `one.latchkey.localhost:${the.stack.ports.proxy}`,
      cookie: await cookieHeader(browser, the.stack.url('one')),
    },
  });
  const [said] = (await once(ws, 'message')) as [Buffer];
  expect(String(said)).toContain(`CN=${admin}`);
  ws.terminate();
});

test('what the provider says of them is named where the route says so', async () => {
  const browser = await the.signedIn(engineer);
  expect(await ask(browser, 'sub')).toMatch(/ UID=demo-2$/);
});

const askAsMachine = (host: string) =>
  the.browser().fetch(the.stack.url(host), { headers: { authorization: `Bearer ${robot}` } });

test('a machine is refused where nothing says how it is named, and named where something does', async () => {
  for (const host of ['one', 'two']) {
    const logged = the.stack.nextLine(({ msg, error }) => msg === 'request' && error === 'client_identity');
    const refused = await askAsMachine(host);
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([502, { error: 'client_identity' }]);
    expect(await logged).toMatchObject({
      detail: 'it is a machine, and client_identity has no machine_subject',
    });
  }
  expect((await askAsMachine('robots')).body).toMatch(/ OU=machines\nCN=robot$/);
});

test('a certificate of another authority is refused by the application', async () => {
  const others = makeAuthority({ name: 'people' });
  const stranger = route('one', ports[0], '')
    .replace(files.cert, write('others.pem', others.cert))
    .replace(files.key, write('others.key', others.key));
  const stack = await startStack({
    upstreams: `
services:
  - service: hello
    default: {from: hello.latchkey.localhost, to: {{app}}, options: {allowed_email_domains: [example.com]}}
${stranger}`,
  });
  const browser = await signedIn(stack);
  const answer = await browser.fetch(stack.url('one'));
  expect(answer.status).toBe(502);
  await browser.close();
  await stack.close();
});
