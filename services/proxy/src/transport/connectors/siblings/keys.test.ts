import { afterEach, expect, test } from '@jest/globals';
import { makeAuthority } from '@latchkey/testing/authority';
import { freshKey } from '@latchkey/testing/environments';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import type { Server, TlsOptions } from 'node:tls';
import { siblingKeys } from './keys.ts';

const authority = makeAuthority();
const { server: known, client } = siblingKeys([freshKey()]);
const open: Server[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** What comes of a connection to a server, whose certificate this machine would trust. */
async function meets(options: TlsOptions): Promise<string> {
  const server = createServer(options).listen(0, '127.0.0.1');
  open.push(server);
  server.on('secureConnection', (socket) => socket.on('error', () => undefined).end());
  server.on('tlsClientError', () => undefined);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ ...client, ca: authority.cert, host: '127.0.0.1', port });
  const met = once(socket, 'secureConnect').then(
    () => 'a task',
    (error: Error) => error.message,
  );
  const said = await met;
  socket.on('error', () => undefined).destroy();
  return said;
}

test('a server that has the key is a task', async () => {
  expect(await meets(known)).toBe('a task');
});

test.each(['localhost', 'elsewhere.example.com'])(
  'one that passes the key over and shows a trusted certificate for %s is none',
  async (name) => {
    expect(await meets(authority.issue(name))).toBe('it has shown a certificate, and not the key');
  },
);

test('one with the key of somebody else and a trusted certificate is none', async () => {
  const { server } = siblingKeys([freshKey()]);
  expect(await meets({ ...authority.issue(), ...server })).not.toBe('a task');
});
