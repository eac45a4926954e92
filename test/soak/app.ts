import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** Starts what is behind the proxy: pages, event streams, uploads and WebSockets. */
export async function startSoakApp(): Promise<{ port: number; stop(): Promise<void> }> {
  const page = Buffer.alloc(10_000, 'x');
  const server = createServer(function answer(req, res) {
    if (req.url === '/events') {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => res.write(`data: ${Date.now()}\n\n`), 200);
      res.once('close', () => clearInterval(timer));
    } else req.resume().once('end', () => res.end(page));
  });
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (message: Buffer) => socket.send(message));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The upstream file for it. */
export function upstreamsFor(port: number): string {
  return `
- service: app
  default:
    from: app.latchkey.localhost
    to: http://127.0.0.1:${port}
    options: { allowed_groups: [engineering@example.com] }
`;
}
