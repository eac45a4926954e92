// What strangers may make the proxy work at has so many places for all of them together: signing in by a code, and asking for the
// token of a service account. One who takes every place with a form that never ends would keep everybody else from signing in.
import { afterEach, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
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

/** Begins a form, and comes back once it is being read: only then is the caller asked to go on. */
async function begin(): Promise<void> {
  const socket = connect(the.stack.ports.proxy, '127.0.0.1').on('error', () => undefined);
  opened.push(socket);
  const head = [
    'POST /oauth2/token HTTP/1.1',
    'Host: builds.latchkey.localhost',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 100',
    'Expect: 100-continue',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  socket.write('g');
}

test('a form of a stranger that does not end takes no place from who signs in', async () => {
  await Promise.all(Array.from({ length: 60 }, begin));

  const { status } = await the.browser().visit(the.stack.url('builds', '/oauth2/sign_in'));
  expect(status).toBe(200);
});
