// A load balancer has the requests of many people on one connection of HTTP/2, and passes on what each of them takes back. Who
// asks and takes back hundreds of times would have that connection ended, and with it what everybody else asked on it
// (CVE-2023-44487 is the same from a stranger's own connection: `test/advisories/cve-2023-44487`).
import { expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { flags, frame, frames, head, literal, openHttp2, uint32 } from '../fixtures/raw-http2.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({ proxyEnv: { SERVER_HTTP2: 'true', SERVER_TRUSTED_PROXIES: '127.0.0.1' } });

function ask(stream: number, path: string, ...more: Buffer[]): Buffer {
  const said = Buffer.concat([head('GET', path, 'hello.latchkey.localhost'), ...more]);
  return frame(frames.headers, flags.endHeaders | flags.endStream, stream, said);
}

test.each([
  [
    'takes back',
    (stream: number) => Buffer.concat([ask(stream, '/'), frame(frames.reset, flags.none, stream, uint32(8))]),
  ],
  ['says in a way that HTTP forbids', (stream: number) => ask(stream, '/', literal('content-length', '5'))],
])('what one caller of a load balancer %s costs no other their answer', async (_, annoy) => {
  const held = new Promise<ServerResponse>((resolve) => {
    the.stack.app.answer = (_req, res) => resolve(res);
  });
  const { socket, next, ended } = await openHttp2(the.stack.ports.proxy);
  socket.write(ask(1, '/public/report'));
  const answer = await held;
  for (let stream = 3; stream < 3_000; stream += 2) socket.write(annoy(stream));
  const isHeard = next(frames.ping);
  socket.write(frame(frames.ping, flags.none, 0, Buffer.alloc(8)));
  await Promise.race([isHeard, ended]);
  expect(socket.destroyed).toBe(false);

  const isAnswered = next(frames.data);
  answer.end('the report');
  await isAnswered;
  socket.destroy();
});
