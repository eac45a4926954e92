import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { createAssertionSection } from './assertion.ts';
import type { Trust } from './assertion.ts';
import { attachEcho, createHello } from './hello.ts';
import { vault } from './vault.ts';
import { wiki } from './wiki.ts';

type DemoApp = { port: number; close(): Promise<void> };

/** The running demo applications, each on a port of 127.0.0.1. */
export type DemoApps = { hello: DemoApp; wiki: DemoApp; vault: DemoApp; close(): Promise<void> };

/**
 * Starts the three applications that the demo protects, each on a free port.
 *
 * @param trust whose assertions the first of them believes
 */
export async function startDemoApps(trust: Trust): Promise<DemoApps> {
  const hello = createHello(createAssertionSection(trust));
  const apps = {
    hello: await startApp(hello, attachEcho),
    wiki: await startApp(wiki),
    vault: await startApp(vault),
  };
  return {
    ...apps,
    async close() {
      await Promise.all(Object.values(apps).map((app) => app.close()));
    },
  };
}

async function startApp(
  app: RequestListener,
  attach: (server: Server) => void = () => undefined,
): Promise<DemoApp> {
  const server = createServer(app);
  attach(server);
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
