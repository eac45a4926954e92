import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { ListenOptions, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAssertionSection } from './assertion.ts';
import type { Trust } from './assertion.ts';
import { attachEcho, createHello } from './hello.ts';
import { intranet } from './intranet.ts';
import { vault } from './vault.ts';
import { wiki } from './wiki.ts';

type DemoApp = { port: number; close(): Promise<void> };

/** The running demo applications, each on a port of 127.0.0.1, but for one. */
export type DemoApps = {
  hello: DemoApp;
  wiki: DemoApp;
  vault: DemoApp;
  /** the Unix socket that this one listens on */
  intranet: { socket: string };
  close(): Promise<void>;
};

/**
 * Starts the applications that the demo protects, each on a free port or on a socket.
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
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-demo-'));
  const socket = join(folder, 'intranet.sock');
  const beside = await startApp(intranet, undefined, { path: socket });
  return {
    ...apps,
    intranet: { socket },
    async close() {
      await Promise.all([...Object.values(apps), beside].map((app) => app.close()));
      await rm(folder, { recursive: true });
    },
  };
}

async function startApp(
  app: RequestListener,
  attach: (server: Server) => void = () => undefined,
  at: ListenOptions = { host: '127.0.0.1', port: 0 },
): Promise<DemoApp> {
  const server = createServer(app);
  attach(server);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(at);
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
