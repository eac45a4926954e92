// What strangers may make the proxy work at has so many places for all of them together: signing in by a code, and asking for the
// token of a service account. One who takes every place with a form that never ends would keep everybody else from signing in.
import { afterEach, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  // Longer than anybody waits for a place, so that none comes free because a form was cut.
  proxyEnv: { SERVER_TIMEOUT_READ: '6s' },
  upstreams: `
service_accounts:
  - {name: deploy-bot, secret_hashes: [{hash: '${hashOfToken(makeServiceToken('deploy-bot'))}', expires: '2999-01-01'}]}
services:
  - service: builds
    default: {from: builds.latchkey.localhost, to: '{{app}}', options: {bearer: true, allowed_clients: [deploy-bot]}}
`,
});
const opened: Socket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

const head = (...more: string[]) =>
  [
    'POST /oauth2/token HTTP/1.1',
    'Host: builds.latchkey.localhost',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 100',
    ...more,
    '\r\n',
  ].join('\r\n');

function open(localAddress: string): Socket {
  const socket = connect({ port: the.stack.ports.proxy, host: '127.0.0.1', localAddress });
  opened.push(socket);
  return socket.on('error', () => undefined);
}

/** Begins a form, and comes back with the first that is said to it: only once it is being read is the caller asked to go on. */
async function begin(localAddress = '127.0.0.1'): Promise<string> {
  const socket = open(localAddress);
  socket.write(head('Expect: 100-continue'));
  const [said] = (await once(socket, 'data')) as [Buffer];
  socket.write('g');
  return said.toString();
}

const begun = (many: number, localAddress?: string) =>
  Promise.all(Array.from({ length: many }, () => begin(localAddress)));
const isRead = expect.stringMatching(/^HTTP\/1\.1 100/);

test('a form of a stranger that does not end takes no place from who signs in', async () => {
  expect(await begun(60)).toEqual(Array(60).fill(isRead));

  const { status } = await the.browser().visit(the.stack.url('builds', '/oauth2/sign_in'));
  expect(status).toBe(200);
});

test('a form that drips is refused as too slow, however regular the drops', async () => {
  const socket = open('127.0.0.1');
  socket.write(head());
  const drip = setInterval(() => socket.write('g'), 100);
  const answer = await text(socket);
  clearInterval(drip);
  expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close[^]*body_too_slow/i);
});

test('one address has so many forms under way and no more, and takes none from another', async () => {
  expect(await begun(100, '127.0.0.2')).toEqual(Array(100).fill(isRead));

  expect(await begin('127.0.0.2')).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 10[^]*overloaded/);
  expect(await begin('127.0.0.3')).toEqual(isRead);
});
