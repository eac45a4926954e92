import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { hasBody } from '../canonical/body.ts';
import { openHttp2Door } from './http2/door.ts';
import type { Http2Door } from './http2/door.ts';
import { linger } from './linger.ts';
import { createStallWatch, mayWait, StalledError } from './stalled.ts';
import { inTurn } from './turns.ts';
import { createUnderway } from './underway.ts';
import type { Underway } from './underway.ts';

/** How long the server waits for a client. Milliseconds. */
export type ServerTimeouts = {
  /** for the whole head of a request, and between two pieces of its body */
  readonly readMs: number;
  /** while it takes nothing of an answer, or of what comes through a tunnel, although there is some */
  readonly writeMs: number;
  /** for a whole request, body included; 0 for none */
  readonly requestMs: number;
  /** after a stop is asked for: still taking connections, while load balancers learn of it */
  readonly drainMs?: number;
  /** after that: for requests under way */
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
  /** Drains, lets requests under way finish, then closes everything. Resolves when all is closed; may be called twice. */
  stop(): Promise<void>;
};

// An ALB keeps idle connections for 60 s and answers 502 when we close one first, so ours live longer.
const keepAliveMs = 75_000;
// An upload that its application has stopped taking, or a conversation in which nobody speaks.
const heldBodyMs = 15 * 60_000;
// An ALB passes up to 64 KiB of request headers; a smaller limit here would lock people out with 431.
const headerBytes = 64 * 1024;

/**
 * Starts listening.
 *
 * @param port 0 for any free one
 * @param address one of the machine's; default: all
 * @param onStop called once, when no more connections are taken: ends what would otherwise stay open for ever (tunnels)
 * @throws the `listen` error (EADDRINUSE and the like)
 */
export async function startServer(
  handlers: (life: { ready: () => boolean }) => Handlers,
  options: {
    port: number;
    address?: string | undefined;
    /** where HTTP/2 is spoken on the port, too: whether a trusted load balancer is at the other end of a connection */
    http2?: { readonly isBalancer: (socket: Socket) => boolean } | undefined;
    timeouts: ServerTimeouts;
    onStop?: () => void;
  },
): Promise<RunningServer> {
  const { port, address: listenOn, timeouts, onStop } = options;
  let stopping: Promise<void> | undefined;
  let closing = false;
  const ready = () => stopping === undefined;
  const { request, upgrade } = handlers({ ready });

  const server = createServer({
    keepAliveTimeout: keepAliveMs,
    headersTimeout: Math.min(timeouts.readMs, timeouts.requestMs || Infinity),
    requestTimeout: timeouts.requestMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: headerBytes,
    // A request without a body is read to its end before it is handed over: nobody waits for events of its stream.
    optimizeEmptyRequests: true,
    // Any other upgrade (h2c, say) is an offer that a server may ignore (RFC 9110, section 7.8). Node drops what came behind
    // such a request in the same piece. To close after each answer would spare that, and cost a connection for every request of
    // clients that offer h2c on each new one, as Java's does; none of them sends more before it has the answer.
    shouldUpgradeCallback: (req) => upgrade !== undefined && isWebSocket(req),
  });
  const underway = createUnderway();
  function answer(req: IncomingMessage, res: ServerResponse, answered: () => void): void {
    underway.begin(res);
    res.on('close', function forget() {
      underway.end(res);
      answered();
      // Not while we drain: a load balancer sends on its idle connections until it has heard of it.
      if (closing) server.closeIdleConnections();
    });
    if (!ready()) sayGoodbye(res);
    if (hasBody(req.headers)) {
      startSilenceTimer(req, res, timeouts.readMs);
      linger(req, res);
    }
    request(req, res);
  }
  const serve = inTurn(answer);
  server.on('request', serve);
  server.on('checkContinue', function waitToGoOn(req: IncomingMessage, res: ServerResponse) {
    letGoOnWhenRead(req, res, ready);
    serve(req, res);
  });
  server.on('timeout', (socket: Socket) => endSilence(socket, timeouts.readMs));
  // Node forgets about a connection once it is upgraded, so that nobody but us can end it.
  const upgraded = new Set<Duplex>();
  server.on('upgrade', function tunnel(req, socket, head) {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    // A handshake sent behind a request that is not answered yet would have two writers on one connection.
    const isFree = socket instanceof Socket && underway.on(socket) === undefined;
    if (upgrade === undefined || !isFree) socket.destroy();
    else upgrade(req, socket, head);
  });
  const { readMs, writeMs } = timeouts;
  const http2 =
    options.http2 &&
    openHttp2Door(server, { headerBytes, readMs, writeMs, idleMs: keepAliveMs, ...options.http2 });
  await listen(server, port, listenOn);
  const stopLooking = endStalled({ underway, upgraded }, timeouts.writeMs);
  server.once('close', stopLooking);
  const address = server.address();

  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    ready,
    stop() {
      stopping ??= end();
      return stopping;
    },
  };

  async function end(): Promise<void> {
    http2?.sayGoodbye();
    if (timeouts.drainMs !== undefined && timeouts.drainMs > 0) await sleep(timeouts.drainMs);
    closing = true;
    const closed = close(server, { underway, upgraded, http2 }, timeouts.shutdownMs);
    onStop?.();
    await closed;
  }
}

function isWebSocket(req: IncomingMessage): boolean {
  return req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket';
}

// RFC 9110, section 10.1.1: a client that asks before it sends a body is asked to go on by the first reader of it. A client that
// is answered instead may send it or not, so nothing can follow on that connection.
function letGoOnWhenRead(req: IncomingMessage, res: ServerResponse, ready: () => boolean): void {
  res.setHeader('Connection', 'close');
  req.once('resume', function goOn() {
    if (res.headersSent || res.destroyed) return;
    if (ready()) res.removeHeader('Connection');
    res.writeContinue();
  });
}

// A connection that is kept alive would hold a stop up, so the last answer on it says that it is the last.
function sayGoodbye(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close');
}

type Arriving = { req: IncomingMessage; res: ServerResponse; bytesRead: number; silentMs: number };
const exchanges = new WeakMap<Socket, Arriving>();

// A client that stops sending in the middle of a body must not hold a connection for ever; a large upload that keeps
// flowing may take as long as it takes.
function startSilenceTimer(req: IncomingMessage, res: ServerResponse, readMs: number): void {
  const { socket } = req;
  exchanges.set(socket, { req, res, bytesRead: socket.bytesRead, silentMs: 0 });
  socket.setTimeout(readMs);
  req.once('close', function forgetBody() {
    exchanges.delete(socket);
    // After the answer, Node has put its keep-alive timer in the same place.
    if (!res.writableFinished) socket.setTimeout(0);
  });
}

// Silence counts against the client only while it is the client that we wait for. A body that nobody reads yet, or that
// the other side takes slowly, waits longer, though not for ever either. So does one beside which the answer is already being
// sent: a gRPC stream in both directions may have nothing to say for a while.
function endSilence(socket: Socket, readMs: number): void {
  const exchange = exchanges.get(socket);
  if (exchange === undefined) return void socket.destroy();
  const { req, res } = exchange;
  exchange.silentMs = socket.bytesRead === exchange.bytesRead ? exchange.silentMs + readMs : readMs;
  exchange.bytesRead = socket.bytesRead;
  const isConversation = res.headersSent && !res.writableEnded;
  const waitingForClient = !req.complete && req.readableFlowing === true && !isConversation;
  if (waitingForClient || exchange.silentMs > heldBodyMs) return void socket.destroy();
  return void socket.setTimeout(readMs);
}

// Looks are an eighth of the time apart that a caller has.
const looksWithin = 8;
const longestPauseMs = 60_000;

// A caller that stops taking its answer would hold a connection, the application's behind it, and what is buffered in both.
function endStalled(
  { underway, upgraded }: { underway: Underway; upgraded: Iterable<Duplex> },
  writeMs: number,
): () => void {
  const watch = createStallWatch({ writeMs, now: () => performance.now() });
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      await endThose();
    } finally {
      looking = false;
    }
  }

  async function endThose(): Promise<void> {
    const answers = new Map<Socket, ServerResponse>();
    for (const res of underway.all()) if (res.socket !== null) answers.set(res.socket, res);
    const tunnels = [...upgraded].filter(
      (socket): socket is Socket => socket instanceof Socket && !mayWait(socket),
    );
    for (const socket of await watch.look([...answers.keys(), ...tunnels])) {
      (answers.get(socket) ?? socket).destroy(new StalledError(writeMs));
    }
  }

  const pauseMs = Math.min(writeMs / looksWithin, longestPauseMs);
  // A look that fails is made up for by the next.
  const timer = setInterval(() => void look().catch(() => undefined), pauseMs).unref();
  return () => clearInterval(timer);
}

function listen(server: Server, port: number, address: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(
  server: Server,
  {
    underway,
    upgraded,
    http2,
  }: { underway: Underway; upgraded: Iterable<Duplex>; http2: Http2Door | undefined },
  shutdownMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const res of underway.all()) sayGoodbye(res);
  server.closeIdleConnections();
  http2?.close();
  const force = setTimeout(function endTheRest() {
    server.closeAllConnections();
    http2?.destroy();
    for (const socket of upgraded) socket.destroy();
  }, shutdownMs);
  await closed;
  clearTimeout(force);
}
