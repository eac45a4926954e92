import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { startTls } from './start-tls.ts';

/** What becomes of it where the application answers like this; it closes where it answers nothing. */
async function startedBy(answer: string): Promise<{ asked: string; why: string | undefined }> {
  let asked = '';
  const server = createServer((socket: Socket) => {
    socket.once('data', (bytes) => {
      asked = bytes.toString('hex');
      if (answer === '') socket.destroy();
      else socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on TCP
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const error = await new Promise<Error | null>((resolve) => startTls('postgres', socket, resolve));
  socket.destroy();
  server.close();
  return { asked, why: error?.message };
}

test.each([
  ['S', undefined],
  ['N', 'the application has no TLS: switch it on there (`ssl = on`)'],
  ['E', 'the application does not speak PostgreSQL, or not as it should'],
  ['HTTP/1.1 400', 'the application does not speak PostgreSQL, or not as it should'],
  // CVE-2021-23222
  ['SR', 'the application sent something else before TLS began'],
  ['', 'the application closed the connection when it was asked for TLS'],
])('an application that answers %j begins with TLS, or it is said why not', async (answer, why) => {
  expect(await startedBy(answer)).toEqual({ asked: '0000000804d2162f', why });
});
