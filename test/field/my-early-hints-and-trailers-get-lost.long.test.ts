// An application sent 103 Early Hints and trailers, which never arrived; a 204 went out with a length, behind which some
// clients wait for a body; and one that compressed by Transfer-Encoding had its bytes handed on without that label.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { startRawApp } from '../fixtures/raw-app.ts';
import type { RawApp } from '../fixtures/raw-app.ts';
import { startStack } from '../fixtures/stack.ts';
import type { Stack } from '../fixtures/stack.ts';

let app: RawApp;
let stack: Stack;
let cautious: Stack;

beforeAll(async () => {
  app = await startRawApp();
  const upstreams = `
- service: hello
  default: {from: hello.latchkey.localhost, to: '127.0.0.1:${app.port}', options: {allowed_email_domains: [example.com], skip_auth_regex: [/]}}
`;
  stack = await startStack({ upstreams, proxyEnv: { SERVER_INTERIM_ANSWERS: 'true' } });
  cautious = await startStack({ upstreams });
});
afterAll(() => Promise.all([stack.close(), cautious.close(), app.close()]));

function ask(answer: string, { line = 'GET / HTTP/1.1', also = '', of = stack } = {}) {
  app.answer = answer;
  return sendRaw(
    of.ports.proxy,
    `${line}\nHost: hello.latchkey.localhost\n${also || 'Connection: close\n'}\n`,
  );
}

function chunked(trailers: string, announced = '') {
  return `HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n${announced}\n2\nhi\n0\n${trailers}\n`;
}

describe('an interim answer', () => {
  const hints = 'HTTP/1.1 103 Early Hints\nLink: </a.css>; rel=preload; title="\xDC"\nAlt-Svc: h3=":1"\n\n';
  const final = 'HTTP/1.1 200 OK\nContent-Length: 2\n\nhi';

  test('goes before the final one, byte for byte, without what would act beyond the origin', async () => {
    const { head, body } = await ask(hints + final);
    expect(head).toBe('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; title="\xDC"');
    expect(body).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nhi$/);
  });

  test('of whatever number is relayed, one after the other', async () => {
    const processing = 'HTTP/1.1 102 Processing\n\n';
    const { head, body } = await ask(processing + hints + processing + final);
    expect(head).toBe('HTTP/1.1 102 Processing');
    expect(body.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 103', 'HTTP/1.1 102', 'HTTP/1.1 200']);
  });

  // RFC 8297, section 3: a server might refrain "unless the client is known to handle informational responses correctly".
  test('is kept back where nobody has said that all in front take it', async () => {
    const { status, body } = await ask(hints + final, { of: cautious });
    expect([status, body]).toEqual([200, 'hi']);
  });

  test('is not for HTTP/1.0, which knows none', async () => {
    expect((await ask(hints + final, { line: 'GET / HTTP/1.0' })).status).toBe(200);
  });
});

describe('trailers', () => {
  test('arrive behind the body, and are announced where they were', async () => {
    const { head, body } = await ask(chunked('Server-Timing: db;dur=53\nX-Sum: \xDC\n', 'Trailer: X-Sum\n'));
    expect(head).toContain('\r\nTrailer: X-Sum');
    expect(body).toBe('2\r\nhi\r\n0\r\nServer-Timing: db;dur=53\r\nX-Sum: \xDC\r\n\r\n');
  });

  test('set no cookies and change no headers', async () => {
    const { body } = await ask(
      chunked('Set-Cookie: _sso_proxy=planted\nX-Frame-Options: ALLOWALL\nX-Sum: 1\n'),
    );
    expect(body).toBe('2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n');
  });

  test.each([
    ['HTTP/1.0', { line: 'GET / HTTP/1.0' }, 'hi'],
    ['HEAD', { line: 'HEAD / HTTP/1.1' }, ''],
  ])('are left out where there are no chunks: %s', async (_, asked, body) => {
    const answer = chunked('X-Sum: 1\n', 'Trailer: X-Sum\n');
    const got = await ask(
      asked.line.startsWith('HEAD') ? answer.slice(0, answer.indexOf('\n\n') + 2) : answer,
      asked,
    );
    expect([got.status, got.body]).toEqual([200, body]);
    expect(got.head).not.toContain('Trailer');
  });
});

describe('the length of an answer', () => {
  test.each([
    ['204 No Content', 'GET / HTTP/1.1', false],
    ['304 Not Modified', 'GET / HTTP/1.1', true],
    ['200 OK', 'HEAD / HTTP/1.1', true],
  ])('%s to %s', async (status, line, isSaid) => {
    const { head } = await ask(`HTTP/1.1 ${status}\nContent-Length: 50\n\n`, { line });
    expect(head).toContain(`HTTP/1.1 ${status}\r\n`);
    expect(head.includes('Content-Length: 50')).toBe(isSaid);
  });
});

describe('a transfer coding that nobody asked for', () => {
  const handshake =
    'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n';

  test.each([
    ['gzip, chunked', ''],
    ['gzip', ''],
    ['identity', ''],
    ['chunked, chunked', ''],
    ['gzip, chunked', handshake],
  ])('%s is a malformed answer, and not content', async (coding, also) => {
    const line = stack.nextLine(({ error }) => error === 'upstream_malformed');
    const answer = await ask(`HTTP/1.1 200 OK\nTransfer-Encoding: ${coding}\n\n2\nhi\n0\n\n`, { also });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'upstream_malformed' });
    expect((await line)['detail']).toContain(coding);
  });

  test('chunked is the one that is understood, in any letters', async () => {
    const { status, body } = await ask('HTTP/1.1 200 OK\nTransfer-Encoding: CHUNKED\n\n2\nhi\n0\n\n');
    expect([status, body]).toEqual([200, '2\r\nhi\r\n0\r\n\r\n']);
  });
});
