// The pages of one application open WebSockets to another: the operator names their origins, and no others may.
import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      allowed_origins: ['https://app.example.com', 'http://localhost:4200']
`,
});

async function handshakeOf(origin: string): Promise<number | undefined> {
  const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo`, {
    headers: { host: `hello.latchkey.localhost:${the.stack.ports.proxy}`, cookie, origin },
  });
  const opened = once(socket, 'open').then(() => 101);
  const refused = new Promise<number | undefined>((resolve) => {
    socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode));
  });
  const status = await Promise.race([opened, refused]);
  socket.on('error', () => undefined);
  socket.terminate();
  return status;
}

describe('allowed_origins', () => {
  test.each(['https://app.example.com', 'http://localhost:4200'])('%s may open one', async (origin) => {
    expect(await handshakeOf(origin)).toBe(101);
  });

  test('so may the host itself', async () => {
    expect(await handshakeOf(`http://hello.latchkey.localhost:${the.stack.ports.proxy}`)).toBe(101);
  });

  test.each([
    'null',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.test',
    'https://app.example.com, https://evil.test',
  ])('%s may not', async (origin) => {
    expect(await handshakeOf(origin)).toBe(403);
    expect(the.stack.app.received).toEqual([]);
  });
});
