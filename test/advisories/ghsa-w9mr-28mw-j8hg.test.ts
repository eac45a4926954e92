// Oathkeeper set its identity header and removed hop-by-hop headers afterwards: `Connection: X-User` made it delete its
// own, and an application that takes a missing header for "not signed in" or "internal call" was fooled. Hop-by-hop goes
// first, ours come last. The same in @fastify/reply-from.
import { expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

test.each(['X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Groups', 'X-Request-Id', 'Host'])(
  'Connection: %s does not remove it',
  async (name) => {
    const browser = await the.signedIn();
    const cookie = await cookieHeader(browser, the.stack.url('wiki'));
    await sendRaw(
      the.stack.ports.proxy,
      `GET / HTTP/1.1\nHost: wiki.latchkey.localhost\nCookie: ${cookie}\nConnection: close, ${name}\n\n`,
    );
    const [entry = { rawHeaders: [] }] = the.stack.app.received;
    expect(valuesOf(entry, name)).toHaveLength(1);
    expect(valuesOf(entry, name)).not.toEqual(['']);
  },
);
