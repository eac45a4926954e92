import { expect, test } from '@jest/globals';
import { connect, performServerHandshake } from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { duplexPair } from 'node:stream';
import { writeWhole } from './whole-writes.ts';

test('pieces of text, the last of them empty, arrive as they were written', async () => {
  const [here, there] = duplexPair();
  const far = performServerHandshake(there);
  const text = 'HTTP/1.1 404 Not Found\r\n'.padEnd(150, 'x');
  far.on('stream', (stream: ServerHttp2Stream) => {
    writeWhole(stream).respond({ ':status': 200 });
    stream.cork();
    stream.write(text, 'latin1');
    stream.write(Buffer.from('body'));
    stream.write('', 'latin1');
    stream.uncork();
  });
  const near = connect('http://connector', { createConnection: () => here });
  const read = Promise.withResolvers<string>();
  let all = '';
  near
    .request({ ':method': 'CONNECT', ':authority': 'x' }, { endStream: false })
    .on('data', (more: Buffer) => {
      all += more.toString('latin1');
      if (all.length >= text.length + 4) read.resolve(all);
    });
  expect(await read.promise).toBe(`${text}body`);
  near.destroy();
  far.destroy();
});
