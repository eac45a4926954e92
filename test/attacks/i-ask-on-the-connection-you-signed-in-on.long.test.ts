// NTLM and Negotiate authenticate a connection, not a request: an application that knows somebody by their connection
// takes everybody for them whose requests travel on it. A colleague, or nobody at all, asks right after them.
import { expect, test } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Browser, Hop } from '@latchkey/testing/browser';
import { sendRaw } from '../fixtures/raw-request.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

// What IIS does: a challenge to anyone for whom the connection is not known, a handshake in three legs on one connection.
type Known = { challenged: boolean; user: string | undefined };
const known = new WeakMap<Socket, Known>();

function answerAsIis(req: IncomingMessage, res: ServerResponse): void {
  const connection = known.get(req.socket) ?? { challenged: false, user: undefined };
  known.set(req.socket, connection);
  const [, , message, user] =
    /^(NTLM|Negotiate) (hello|proof)(?:-(\w+))?$/i.exec(String(req.headers.authorization)) ?? [];
  const isProof = message === 'proof' && connection.challenged;
  connection.challenged = message === 'hello';
  if (isProof) connection.user = user;
  if (message !== 'hello' && connection.user !== undefined) {
    res.writeHead(200, isProof ? { 'Persistent-Auth': 'true' } : {});
    res.end(`the files of ${connection.user}`);
    return;
  }
  const challenges = message === 'hello' ? ['NTLM challenge'] : ['Negotiate', 'NTLM', 'Basic realm="files"'];
  res.writeHead(401, { 'WWW-Authenticate': challenges }).end();
}

const files = (path = '/files') => the.stack.url('hello', path);
const ask = (browser: Browser, authorization?: string, path?: string): Promise<Hop> =>
  browser.fetch(files(path), authorization === undefined ? {} : { headers: { authorization } });

async function shakeHands(browser: Browser, user: string, scheme = 'NTLM'): Promise<string> {
  expect((await ask(browser)).headers['www-authenticate']).toContain('NTLM');
  expect((await ask(browser, `${scheme} hello`)).headers['www-authenticate']).toBe('NTLM challenge');
  return (await ask(browser, `${scheme} proof-${user}`)).body;
}

test.each(['NTLM', 'Negotiate', 'ntlm', 'NEGOTIATE'])(
  'what %s authenticated is for one person alone',
  async (scheme) => {
    const [alice, bob] = [await the.signedIn(), await the.signedIn('admin@example.com')];
    the.stack.app.answer = answerAsIis;
    expect(await shakeHands(alice, 'alice', scheme)).toBe('the files of alice');

    expect((await ask(bob)).status).toBe(401);
    expect((await ask(the.browser(), undefined, '/public/files')).status).toBe(401);
    expect(await shakeHands(bob, 'bob', scheme)).toBe('the files of bob');
    expect((await ask(alice)).body).toBe('the files of alice');
    expect((await ask(bob)).body).toBe('the files of bob');
  },
);

test('a handshake stays on its connection while others shake hands and ask', async () => {
  const [alice, bob] = [await the.signedIn(), await the.signedIn('admin@example.com')];
  the.stack.app.answer = answerAsIis;
  await ask(alice, 'NTLM hello');
  await ask(bob, 'NTLM hello');
  await Promise.all([
    ask(the.browser(), undefined, '/public/files'),
    ask(the.browser(), undefined, '/public/files'),
  ]);

  expect((await ask(alice, 'NTLM proof-alice')).body).toBe('the files of alice');
  expect((await ask(bob, 'NTLM proof-bob')).body).toBe('the files of bob');
});

test('the same person in another browser has another session, and so another connection', async () => {
  const [one, other] = [await the.signedIn(), await the.signedIn()];
  the.stack.app.answer = answerAsIis;
  await shakeHands(one, 'administrator');

  expect((await ask(other)).status).toBe(401);
});

test.each([
  'NTLM hello',
  'negotiate hello',
  ' \tNTLM hello',
  'Basic eDp5, NTLM hello',
  'Kerberos x',
  'CredSSP x',
])('nobody can authenticate the connections of public paths: %j', async (authorization) => {
  const logged = the.stack.nextLine(({ msg, path }) => msg === 'request' && path === '/public/files');
  const answer = await sendRaw(
    the.stack.ports.proxy,
    `GET /public/files HTTP/1.1\nHost: hello.latchkey.localhost\nConnection: close\nAuthorization: ${authorization}\n\n`,
  );

  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([403, { error: 'connection_credentials' }]);
  expect(the.stack.app.received).toEqual([]);
  // A stranger must not be able to fill the log with errors of ours.
  expect(await logged).toMatchObject({ level: 'info', error: 'connection_credentials' });
});

test.each(['Basic eDp5', 'Bearer NTLM.negotiate', 'Digest username="ntlm"'])(
  'a request that authenticates itself alone is nobody’s business: %s',
  async (authorization) => {
    expect((await ask(the.browser(), authorization, '/public/x')).status).toBe(200);
  },
);

test.each([
  ['Persistent-Auth', 'true'],
  ['WWW-Authenticate', 'NTLM TlRMTVNTUAACAAAA'],
  ['WWW-Authenticate', 'Basic realm="a, b", Negotiate oYG2MIGz'],
])('a shared connection that turns out to be authenticated, by %s: %s, is closed', async (name, value) => {
  const closed = Promise.withResolvers<void>();
  the.stack.app.answer = (req, res) => {
    req.socket.once('close', () => closed.resolve());
    res.writeHead(200, { [name]: value }).end('the files of the one who signed in');
  };
  const answer = await ask(the.browser(), 'Of-Our-Own proof', '/public/x');

  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
    502,
    { error: 'connection_authentication' },
  ]);
  await closed.promise;
});

test('a WebSocket has a connection to itself', async () => {
  const alice = await the.signedIn();
  the.stack.app.answerUpgrade = (socket) => {
    known.set(socket as Socket, { challenged: false, user: 'alice' });
    socket.write('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n');
  };
  const upgrade = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Authorization: NTLM hello',
    `Cookie: ${await cookieHeader(alice, files())}`,
  ];
  const head = ['GET /files HTTP/1.1', 'Host: hello.latchkey.localhost', ...upgrade, '', ''];
  expect((await sendRaw(the.stack.ports.proxy, head.join('\n'))).status).toBe(401);

  the.stack.app.answer = answerAsIis;
  expect((await ask(alice)).status).toBe(401);
});
