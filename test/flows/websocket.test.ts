import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

let clock = 0;
const the = useStack({ now: () => Date.now() + clock, proxyEnv: { SESSION_TTL_VALID: '1s' } });

const handshake =
  'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n';

async function open(headers: Record<string, string> = {}): Promise<WebSocket> {
  const browser = await the.signedIn();
  const cookie = await cookieHeader(browser, the.stack.url('wiki'));
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/echo?x=%2F`, {
    headers: { host: `wiki.latchkey.localhost:${the.stack.ports.proxy}`, cookie, ...headers },
  });
  await once(socket, 'open');
  return socket;
}

describe('a WebSocket', () => {
  test('echoes through the proxy, and the application knows who opened it', async () => {
    const socket = await open({ 'X-Forwarded-User': 'evil', X_Forwarded_Groups: 'evil' });
    socket.send('hello');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('hello');
    socket.terminate();

    const [entry = { rawHeaders: [], target: '' }] = the.stack.app.received;
    expect(entry.target).toBe('/echo?x=%2F');
    expect(valuesOf(entry, 'X-Forwarded-User')).toEqual(['engineer']);
    expect(valuesOf(entry, 'X-Forwarded-Groups')).toEqual(['engineering@example.com']);
    expect(valuesOf(entry, 'Cookie')).toEqual([]);
  });

  test('is refused without a session, as JSON, and the connection ends', async () => {
    const answer = await sendRaw(
      the.stack.ports.proxy,
      `GET /echo HTTP/1.1\nHost: wiki.latchkey.localhost\n${handshake}\n`,
    );
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'not_signed_in' });
    expect(the.stack.app.received).toEqual([]);
  });

  test('is refused to who may not see the application', async () => {
    const browser = await the.signedIn('finance@example.com');
    const cookie = await cookieHeader(browser, the.stack.url('wiki'));
    const answer = await sendRaw(
      the.stack.ports.proxy,
      `GET /echo HTTP/1.1\nHost: wiki.latchkey.localhost\nCookie: ${cookie}\n${handshake}\n`,
    );
    expect(answer.status).toBe(403);
    expect(the.stack.app.received).toEqual([]);
  });

  test('is refused to a page of another origin', async () => {
    const browser = await the.signedIn();
    const cookie = await cookieHeader(browser, the.stack.url('wiki'));
    const answer = await sendRaw(
      the.stack.ports.proxy,
      `GET /echo HTTP/1.1\nHost: wiki.latchkey.localhost\nOrigin: http://evil.test\nCookie: ${cookie}\n${handshake}\n`,
    );
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'cross_site_request' });
    expect(the.stack.app.received).toEqual([]);
  });

  test('is no tunnel before 101: the answer is relayed and the connection ends', async () => {
    const browser = await the.signedIn();
    const cookie = await cookieHeader(browser, the.stack.url('wiki'));
    the.stack.app.answerUpgrade = (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: _sso_proxy=planted\r\n\r\nno');
    const smuggled = 'GET /smuggled HTTP/1.1\nHost: vault.latchkey.localhost\nX-Forwarded-User: evil\n\n';
    const answer = await sendRaw(
      the.stack.ports.proxy,
      `GET /echo HTTP/1.1\nHost: wiki.latchkey.localhost\nCookie: ${cookie}\n${handshake}\n${smuggled}`,
    );
    expect([answer.status, answer.body]).toEqual([200, 'no']);
    expect(answer.head.toLowerCase()).toContain('connection: close');
    expect(answer.head).not.toContain('planted');
    expect(the.stack.app.received.map((entry) => entry.target)).not.toContain('/smuggled');
  });

  test('ends when its session does', async () => {
    const socket = await open();
    const closed = once(socket, 'close');
    clock += 31 * 24 * 3_600_000;
    await closed;
  });
});
