import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { attachEcho, hello } from './hello.ts';
import { vault } from './vault.ts';
import { wiki } from './wiki.ts';

type DemoApp = { port: number; close(): Promise<void> };

/** The running demo applications, each on a port of 127.0.0.1. */
export type DemoApps = { hello: DemoApp; wiki: DemoApp; vault: DemoApp; close(): Promise<void> };

/** Starts the three applications that the demo protects, each on a free port. */
export async function startDemoApps(): Promise<DemoApps> {
  const apps = { hello: await startApp(hello), wiki: await startApp(wiki), vault: await startApp(vault) };
  return {
    ...apps,
    async close() {
      await Promise.all(Object.values(apps).map((app) => app.close()));
    },
  };
}

async function startApp(app: RequestListener): Promise<DemoApp> {
  const server = createServer(app);
  if (app === hello) attachEcho(server);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async close() {
      const closed = server[Symbol.asyncDispose]();
      // Not closeAllConnections(): a WebSocket is no longer one of the server's connections.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
