// nginx with `proxy_set_header Host $host:$server_port` names the scheme's own port. WebSockets were refused for coming from
// another origin, and people were sent to `https://app:80/`.
import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({ https: true });
const host = 'hello.latchkey.localhost';

const ask = (...lines: string[]) =>
  sendRaw(the.stack.ports.proxy, [...lines, 'Connection: close', '', ''].join('\n'));

test('a WebSocket of the application’s own page passes, and the application sees the host as browsers write it', async () => {
  const cookie = await cookieHeader(await the.signedIn(), the.stack.url('hello'));
  const socket = new WebSocket(`ws://127.0.0.1:${the.stack.ports.proxy}/live`, {
    headers: { host: `${host}:443`, origin: `https://${host}`, cookie, 'x-forwarded-proto': 'https' },
  });
  await once(socket, 'open');
  socket.terminate();
  const [entry = { rawHeaders: [] }] = the.stack.app.received;
  expect(valuesOf(entry, 'X-Forwarded-Host')).toEqual([host]);
  expect(valuesOf(entry, 'X-Forwarded-Port')).toEqual(['443']);
});

test('plain HTTP at port 80 is sent to HTTPS at no port', async () => {
  const answer = await ask('GET /a?b HTTP/1.1', `Host: ${host}:80`, 'X-Forwarded-Proto: http');
  expect(answer.head).toContain(`\r\nLocation: https://${host}/a?b\r\n`);
});

test('where nobody says how the browser came, the way back has no port', async () => {
  const answer = await ask('GET /a HTTP/1.1', `Host: ${host}:80`, 'Accept: text/html');
  expect(answer.head).toContain(encodeURIComponent(`https://${host}/a`));
});
