// An application redirected to its own address, `http://10.0.0.5:8080/login`, because it knew no other. Browsers cannot
// reach that one.
import { describe, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: &open {allowed_email_domains: [example.com], skip_auth_regex: [/]}}
- service: below
  default: {from: below.latchkey.localhost, to: '{{app}}/base', options: *open}
- service: asis
  default: {from: asis.latchkey.localhost, to: '{{app}}', options: {<<: *open, preserve_location: true}}
`,
});

const handshake =
  'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n';

async function sentTo(host: string, location: string, also = 'Connection: close\n') {
  const headers = ['Location', location, 'Content-Location', location, 'Refresh', `0; url=${location}`];
  the.stack.app.answer = (_req, res) => res.writeHead(302, headers).end();
  the.stack.app.answerUpgrade = (socket) =>
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
  const { head } = await sendRaw(
    the.stack.ports.proxy,
    `GET /x HTTP/1.1\nHost: ${host}.latchkey.localhost:${the.stack.ports.proxy}\n${also}\n`,
  );
  return [...head.matchAll(/^(?:content-)?location: (.*)\r$|^refresh: 0; url=(.*)\r$/gim)].map(
    ([, location_, refresh]) => location_ ?? refresh,
  );
}

const own = (target: string) => `http://127.0.0.1:${the.stack.app.port}${target}`;

describe('an application that names its own address', () => {
  test('sends people to the public one, wherever it says so', async () => {
    const expected = the.stack.url('hello', '/login?a=1#b');
    expect(await sentTo('hello', own('/login?a=1#b'))).toEqual([expected, expected, expected]);
  });

  test('does so below the path of `to`, which browsers do not see', async () => {
    expect((await sentTo('below', own('/base/login')))[0]).toBe(the.stack.url('below', '/login'));
    expect((await sentTo('below', own('/login')))[0]).toBe(own('/login'));
  });

  test('does so in the answer to a handshake', async () => {
    expect(await sentTo('hello', own('/login'), handshake)).toEqual([the.stack.url('hello', '/login')]);
  });

  test('sends them there with preserve_location', async () => {
    expect(await sentTo('asis', own('/login'))).toEqual([own('/login'), own('/login'), own('/login')]);
  });

  test.each(['https://elsewhere.example/a', '/login', 'login?to=http://127.0.0.1/'])(
    'and what names another place is left alone: %s',
    async (location) => {
      expect((await sentTo('hello', location))[0]).toBe(location);
    },
  );
});
