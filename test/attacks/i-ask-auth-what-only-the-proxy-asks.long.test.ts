// What the proxy asks of auth was at the door that browsers use, so that anybody could try secrets there, and keep it busy.
// On a port of its own it is nowhere else, and nothing else is on that port.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { freePort } from '@latchkey/testing/ports';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';
import { signedIn } from '../fixtures/sign-in.ts';

let stack: Stack;
let internal: number;

beforeAll(async () => {
  internal = await freePort();
  stack = await startStack({
    authEnv: { SERVER_INTERNAL_PORT: String(internal) },
    proxyEnv: { PROVIDER_URL_INTERNAL: `http://127.0.0.1:${internal}` },
  });
});
afterAll(() => stack.close());

async function ask(port: number, method: 'GET' | 'POST', path: string): Promise<number> {
  const credentials = Buffer.from(`proxy:${stack.serviceSecret}`).toString('base64');
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      host: `sso.latchkey.localhost:${stack.ports.auth}`,
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    ...(method === 'POST' && { body: 'token=x' }),
  });
  await answer.body.dump();
  return answer.statusCode;
}

describe('the internal port', () => {
  test.each(['/oauth2/introspect', '/oauth2/token', '/oauth2/handshake', '/oauth2/revocations'])(
    'alone has %s',
    async (path) => {
      expect(await ask(internal, 'GET', path)).toBe(405);
      expect(await ask(stack.ports.auth, 'POST', path)).toBe(404);
      expect(await ask(stack.ports.auth, 'GET', path)).toBe(404);
    },
  );

  test.each(['/', '/robots.txt', '/google/sign_in', '/google/start', '/google/callback', '/google/sign_out'])(
    'has no %s',
    async (path) => {
      expect(await ask(internal, 'GET', path)).toBe(404);
      expect(await ask(stack.ports.auth, 'GET', path)).not.toBe(404);
    },
  );

  test('is what the proxy asks at', async () => {
    const browser = await signedIn(stack, 'engineer@example.com', stack.url('wiki'));
    expect((await browser.fetch(stack.url('wiki'))).status).toBe(200);
    await browser.close();
  });

  test('has its own health check, and ends with the other one', async () => {
    const ping = `GET /ping HTTP/1.1\nHost: x\nConnection: close\n\n`;
    expect((await sendRaw(internal, ping)).status).toBe(200);
    await stack.auth.stop();
    for (const port of [internal, stack.ports.auth]) await expect(sendRaw(port, ping)).rejects.toThrow();
  });
});
