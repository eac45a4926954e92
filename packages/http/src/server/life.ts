import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** How long the server waits for what a client should send. Milliseconds. */
export type ServerTimeouts = {
  /** for the whole head of a request, and between two pieces of its body */
  readonly readMs: number;
  /** for a whole request, body included; 0 for none */
  readonly requestMs: number;
  /** after a stop is asked for: for requests under way */
  readonly shutdownMs: number;
};

/** What the server does with what arrives. */
export type Handlers = {
  request: RequestListener;
  upgrade?: (req: IncomingMessage, socket: Socket, head: Buffer) => void;
};

/** A listening server. */
export type RunningServer = {
  readonly port: number;
  /** false from the moment a stop is asked for */
  readonly ready: () => boolean;
  /** Lets requests under way finish, then closes everything. Resolves when all is closed; may be called twice. */
  stop(): Promise<void>;
};

// An ALB keeps idle connections for 60 s and answers 502 when we close one first, so ours live longer.
const keepAliveMs = 75_000;
// An ALB passes up to 64 KiB of request headers; a smaller limit here would lock people out with 431.
const headerBytes = 64 * 1024;

/**
 * Starts listening on all interfaces.
 *
 * @param port 0 for any free one
 * @param onStop called once, when a stop begins: ends what would otherwise stay open for ever (tunnels)
 * @throws the `listen` error (EADDRINUSE and the like)
 */
export async function startServer(
  handlers: (life: { ready: () => boolean }) => Handlers,
  options: { port: number; timeouts: ServerTimeouts; onStop?: () => void },
): Promise<RunningServer> {
  const { port, timeouts, onStop } = options;
  let stopping: Promise<void> | undefined;
  const ready = () => stopping === undefined;
  const { request, upgrade } = handlers({ ready });

  const server = createServer({
    keepAliveTimeout: keepAliveMs,
    headersTimeout: Math.min(timeouts.readMs, timeouts.requestMs || Infinity),
    requestTimeout: timeouts.requestMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: headerBytes,
    // Any other upgrade (h2c, say) is an offer that a server may ignore (RFC 9110, section 7.8).
    shouldUpgradeCallback: (req) => upgrade !== undefined && isWebSocket(req),
  });
  server.on('request', function answer(req, res) {
    // A connection that is kept alive would hold the stop up, so the last answer on it says goodbye.
    if (!ready()) res.setHeader('Connection', 'close');
    boundBodySilence(req, res, timeouts.readMs);
    request(req, res);
  });
  server.on('upgrade', function tunnel(req, socket, head) {
    if (upgrade !== undefined && socket instanceof Socket) upgrade(req, socket, head);
    else socket.destroy();
  });
  await listen(server, port);
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    ready,
    stop() {
      stopping ??= close(server, timeouts.shutdownMs, onStop);
      return stopping;
    },
  };
}

function isWebSocket(req: IncomingMessage): boolean {
  return req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket';
}

// A client that stops sending in the middle of a body must not hold a connection for ever; a large upload that keeps
// flowing may take as long as it takes. Silence counts only while it is the client we wait for.
function boundBodySilence(req: IncomingMessage, res: ServerResponse, readMs: number): void {
  const length = req.headers['content-length'];
  if (req.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return;
  const { socket } = req;
  req.setTimeout(readMs, function endSilentBody() {
    if (req.isPaused()) socket.setTimeout(readMs);
    else socket.destroy();
  });
  req.once('close', function forgetBody() {
    // After the answer, Node has put its keep-alive timer in the same place.
    if (!res.writableFinished) socket.setTimeout(0);
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, shutdownMs: number, onStop?: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  onStop?.();
  const force = setTimeout(() => server.closeAllConnections(), shutdownMs);
  await closed;
  clearTimeout(force);
}
