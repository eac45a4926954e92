import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, performServerHandshake } from 'node:http2';
import type { ClientHttp2Stream, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { duplexPair } from 'node:stream';
import { text } from 'node:stream/consumers';
import { failWhenCut, resetStream } from './broken-end.ts';

type Far = { readonly session: ServerHttp2Session; readonly stream: ServerHttp2Stream };

/** A stream that has got half of what the far side had to say. */
async function halfway(): Promise<{ near: ClientHttp2Stream; far: Far; ended: () => boolean }> {
  const [here, there] = duplexPair();
  const session = performServerHandshake(there);
  const arrived = once(session, 'stream') as Promise<[ServerHttp2Stream]>;
  const client = connect('http://connector', { createConnection: () => here });
  client.on('error', () => undefined);
  const near = failWhenCut(client.request({ ':method': 'CONNECT', ':authority': 'x' }, { endStream: false }));
  near.on('error', () => undefined);
  let hasEnded = false;
  near.once('end', () => (hasEnded = true));
  const [stream] = await arrived;
  stream.on('error', () => undefined);
  stream.respond({ ':status': 200 });
  stream.write('half');
  await once(near, 'data');
  return { near, far: { session, stream }, ended: () => hasEnded };
}

test.each<[string, (far: Far, near: ClientHttp2Stream) => void]>([
  ['that the far side resets', ({ stream }) => resetStream(stream)],
  ['that the far side takes back', ({ stream }) => void stream.destroy()],
  ['whose connection the far side ends', ({ session }) => session.destroy()],
  ['whose connection ends here', (_, { session }) => session?.destroy()],
])('a stream %s does not end like one that is complete', async (_, cut) => {
  const { near, far, ended } = await halfway();
  const closed = new Promise((resolve) => near.once('close', resolve));
  cut(far, near);
  await closed;
  expect([ended(), near.readableEnded]).toEqual([false, false]);
});

test('a stream that is complete ends, and goes on in the other direction', async () => {
  const { near, far, ended } = await halfway();
  const heard = text(far.stream);
  far.stream.end();
  await once(near, 'end');
  near.end('more');
  expect([ended(), await heard]).toEqual([true, 'more']);
  far.session.destroy();
});
