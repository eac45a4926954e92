import { expect, test } from '@jest/globals';
import { freshKey } from '@latchkey/testing/environments';
import { freePorts } from '@latchkey/testing/ports';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { openDoor } from './door.ts';
import { siblingKeys } from './keys.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
// RFC 9113, sections 6.5 and 6.2: nothing is set, and `GET /` of `x` is asked on stream 1, which stays open.
const frames = Buffer.from('000000040000000000000006010400000001828486410178', 'hex');

// More settings at once than a session takes, so that it breaks.
const flood = Buffer.alloc(9 * 2_000, '000000040000000000', 'hex');
const dialHere = () => undefined;

test('a drain ends when a connection breaks in the midst of it, and is no error', async () => {
  const { server, client } = siblingKeys([freshKey()]);
  const [port = 0] = await freePorts(1);
  const door = await openDoor({
    port,
    address: '127.0.0.1',
    task: 'one',
    tls: server,
    leavesWithinMs: 60_000,
    dialHere,
  });
  const socket = connect({ ...client, host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  socket.write(Buffer.concat([Buffer.from(preface), frames]));
  let heard = '';
  while (!heard.includes('[]\n')) heard += String(((await once(socket, 'data')) as [Buffer])[0]);
  const drained = door.drain(60_000);
  socket.write(flood);
  await expect(drained).resolves.toBeUndefined();
  door.close();
});
