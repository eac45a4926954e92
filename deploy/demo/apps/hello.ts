import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { AssertionSection } from './assertion.ts';
import { identityTable } from './identity.ts';
import { sendPage } from './page.ts';

const clientScript = readFileSync(join(import.meta.dirname, 'hello.client.js'));

/** Shows what an application learns about its visitor, a clock (server-sent events) and an echo (WebSocket). */
export function createHello(assertionSection: AssertionSection) {
  return function hello(request: IncomingMessage, response: ServerResponse): void {
    answer(request, response, assertionSection).catch((error: unknown) => response.destroy(asError(error)));
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  assertionSection: AssertionSection,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://hello');
  switch (pathname) {
    case '/':
      sendPage(request, response, 'hello', {
        title: `Hello, ${String(request.headers['x-forwarded-user'] ?? 'stranger')}`,
        lead: 'This application has no sign-in of its own. Everything it knows about you came in these headers.',
        body: `<section>\n<h2>What it knows about you</h2>\n${identityTable(request)}\n<p>Groups are named only where the route asks for some; this one does not, the wiki’s does.</p>\n</section>\n${await assertionSection(request)}\n${liveParts}`,
        script: '/app.js',
      });
      return;
    case '/public/':
      sendPage(request, response, 'hello', {
        title: 'Open to anyone',
        lead: 'Nobody had to sign in to read this page, so nobody’s name may come with the request.',
        body: `<section>\n<h2>What it knows about you</h2>\n${identityTable(request)}\n</section>\n${await assertionSection(request)}`,
      });
      return;
    case '/app.js':
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(clientScript);
      return;
    case '/clock':
      tick(response);
      return;
    case '/headers':
    case '/public/headers':
      response
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(request.headers, undefined, 2));
      return;
    default:
      sendPage(request, response, 'hello', { title: 'Nothing here', lead: 'There is no such page.' }, 404);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

const liveParts = `<section>
<h2>Clock</h2>
<output id="clock">…</output>
<p>The server’s time (UTC), one server-sent event a second.</p>
</section>
<section>
<h2>Echo</h2>
<output id="echo-answer">…</output>
<form id="echo"><input name="text" aria-label="Text to send" required><button>Send</button></form>
<p>What you send comes back over a WebSocket.</p>
</section>
<p>There is also <a href="/public/">a page that is open to anyone</a>.</p>`;

function tick(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (): void => void response.write(`data: ${new Date().toISOString().slice(11, 19)}\n\n`);
  send();
  const timer = setInterval(send, 1000);
  response.on('close', () => clearInterval(timer));
}

/** Answers every message on `/echo` with itself. Other paths are no WebSockets. */
export function attachEcho(server: Server): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/echo') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on('message', (data, binary) => peer.send(data, { binary }));
      peer.on('error', () => peer.terminate());
    });
  });
}
