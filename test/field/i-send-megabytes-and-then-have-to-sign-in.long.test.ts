// Clients with a large body ask first (`Expect: 100-continue`). The proxy answered 100, so they sent it all. Only then they got
// the answer that they had to sign in, or that the application did not want it.
import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { useStack } from '../fixtures/use-stack.ts';

let serve: RequestListener = () => undefined;
let mayGoOn: RequestListener = () => undefined;
const app = createServer((req, res) => serve(req, res)).on('checkContinue', (req, res) => mayGoOn(req, res));
app.listen(0, '127.0.0.1').unref();
await once(app, 'listening');

const options = "{allowed_email_domains: [example.com], skip_auth_regex: ['^/public/']}";
const the = useStack({
  upstreams: `- {service: hello, default: {from: hello.latchkey.localhost, to: '127.0.0.1:${(app.address() as AddressInfo).port}', options: ${options}}}`,
});

/** Asks whether to send a body. */
function askFirst(path: string): { socket: Socket; said: () => string } {
  const socket = connect(the.stack.ports.proxy, '127.0.0.1');
  let said = '';
  socket.on('data', (piece: Buffer) => (said += piece.toString('latin1')));
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: hello.latchkey.localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`,
  );
  return { socket, said: () => said };
}

test('a stranger is sent away before the body', async () => {
  const { socket, said } = askFirst('/private');
  await once(socket, 'close');
  expect(said()).toMatch(/^HTTP\/1\.1 401 [^]*\r\nConnection: close\r\n/);
});

test('what the application says to it is passed on, and no body is sent', async () => {
  mayGoOn = (_req, res) => void res.writeHead(413).end('too large');
  const { socket, said } = askFirst('/public/upload');
  await once(socket, 'close');
  expect(said()).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n[^]*too large/);
});

test('a client that the application answers with 100 sends it', async () => {
  mayGoOn = (req, res) => {
    res.writeContinue();
    req.on('data', (piece: Buffer) => res.write(`got ${piece.toString()}`));
    req.once('end', () => res.end(`, ${req.headers['content-length']} long`));
  };
  const { socket, said } = askFirst('/public/upload');
  await once(socket, 'data');
  expect(said()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write('body');
  while (!said().includes(' long')) await once(socket, 'data');
  expect(said()).toMatch(/HTTP\/1\.1 200 OK\r\n[^]*got body[^]*, 4 long/);
  socket.destroy();
});

test('an application that does not know the question gets the body after a while', async () => {
  mayGoOn = (req, res) => serve(req, res);
  serve = (req, res) => void req.resume().once('end', () => res.end('all is here'));
  const { socket, said } = askFirst('/public/upload');
  await once(socket, 'data');
  expect(said()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write('body');
  while (!said().includes('all is here')) await once(socket, 'data');
  socket.destroy();
});
