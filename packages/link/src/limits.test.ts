import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, performServerHandshake } from 'node:http2';
import { duplexPair } from 'node:stream';
import { servingOptions, sessionOptions } from './limits.ts';

test('answers that nobody takes, of more than a connection of Node may hold, keep no other stream out', async () => {
  const [near, far] = duplexPair();
  const server = performServerHandshake(far, servingOptions);
  const client = connect('http://connector', { createConnection: () => near, ...sessionOptions });
  server.on('stream', function serve(stream, headers) {
    stream.respond({ ':status': 200 });
    stream.end(headers[':path'] === '/large' ? Buffer.alloc(1024 * 1024) : 'here');
  });
  try {
    for (let count = 0; count < 40; count += 1) await once(client.request({ ':path': '/large' }), 'response');
    const other = client.request({ ':path': '/' });
    const [headers] = await once(other, 'response');
    expect(headers).toMatchObject({ ':status': 200 });
  } finally {
    client.destroy();
    server.destroy();
  }
});
