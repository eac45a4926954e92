// Something in us broke while it was looked at who asks. Where nothing had to be waited for, the line of the 500 and its count
// named neither host nor path nor route, and nobody could say which application people were kept from.
import { expect, test } from '@jest/globals';
import type { Authenticator } from '@latchkey/admission';
import { createMetrics } from '@latchkey/telemetry';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

function atOnce(): never {
  throw new Error('broken at once');
}

const broken: Authenticator<never> = ({ request }) =>
  request.target === '/at-once' ? atOnce() : Promise.reject(new Error('broken later'));
const registries = { proxy: createMetrics(), auth: createMetrics() };
const the = useStack({ authenticators: [broken], registries });

const plain = ['Connection: close'];
const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

test.each([
  ['a request', '/at-once', 'broken at once', plain],
  ['a request', '/later', 'broken later', plain],
  ['a handshake', '/at-once', 'broken at once', upgrade],
  ['a handshake', '/later', 'broken later', upgrade],
])(
  '%s to %s is answered with 500, goes nowhere, and its line says where it was for',
  async (_, path, detail, headers) => {
    const { port } = new URL(the.stack.url('wiki'));
    const line = the.stack.nextLine(({ msg, error }) => msg === 'request' && error === 'internal_error');
    const lines = [`GET ${path} HTTP/1.1`, `Host: wiki.latchkey.localhost:${port}`, ...headers];

    expect((await sendRaw(Number(port), `${lines.join('\n')}\n\n`)).status).toBe(500);
    expect(await line).toMatchObject({ host: 'wiki.latchkey.localhost', path, route: 'wiki', detail });
    expect(the.stack.app.received).toEqual([]);
  },
);

test('it is counted for the route', async () => {
  const text = await registries.proxy.metrics();

  expect(text).toMatch(/latchkey_errors_total\{route="wiki",error="internal_error"\} 4/);
  expect(text).not.toContain('route="_unknown",error="internal_error"');
});
