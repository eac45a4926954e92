import {
  awayStatus,
  notListedStatus,
  personHeader,
  requestHeader,
  targetHeader,
  taskHeader,
} from '@latchkey/contract';
import { isClosed, join, keepAlive, refuseStream, saidIn, servingOptions, writeWhole } from '@latchkey/link';
import { once } from 'node:events';
import { performServerHandshake } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import type { DialThrough } from '../dial.ts';
import { ConnectorAwayError, TargetRefusedError } from '../failure.ts';

/** Where the other tasks of the proxy reach the connectors of this one. */
export type Door = {
  /** Announces which connectors are connected here. */
  announce(names: readonly string[]): void;
  /** Takes nothing new, and resolves when what is under way has ended; at the latest after so long. */
  drain(withinMs: number): Promise<void>;
  close(): void;
};

const handshakeWithinMs = 5_000;
// Each task has one connection; a caller without a key is closed after its handshake, or after its time.
const mostConnections = 500;

/**
 * Opens the port. A task is asked for streams as a connector is (RFC 9113, section 8.5), and for its news, which do not end.
 *
 * @param parts.leavesWithinMs how long a connection may take to end once the task at its other end stops
 * @param parts.dialHere asks the connectors of this task alone: what one task hands over is not handed on
 */
export async function openDoor(parts: {
  port: number;
  address: string | undefined;
  task: string;
  tls: TlsOptions;
  leavesWithinMs: number;
  dialHere: DialThrough;
}): Promise<Door> {
  const { task, leavesWithinMs, dialHere } = parts;
  const sessions = new Set<ServerHttp2Session>();
  const listeners = new Set<ServerHttp2Stream>();
  let news = '[]\n';

  function asked(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => undefined);
    if (isClosed(stream)) return undefined;
    if (headers[':method'] === 'CONNECT') return lead(writeWhole(stream), headers);
    stream.respond({ ':status': 200, [taskHeader]: task });
    stream.write(news);
    stream.resume();
    listeners.add(stream);
    stream.once('close', () => listeners.delete(stream));
    return undefined;
  }

  function lead(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const requestId = saidIn(headers[requestHeader]);
    const shown =
      requestId === undefined ? undefined : { assertion: saidIn(headers[personHeader]), requestId };
    dialHere(
      headers[':authority'] ?? '',
      saidIn(headers[targetHeader]) ?? '',
      (...[error, origin]) => {
        if (error !== null) return refuseStream(stream, statusOf(error), error.message);
        if (isClosed(stream)) return void origin.destroy();
        stream.respond({ ':status': 200 });
        return join(stream, origin);
      },
      shown,
    );
  }

  const server = createServer(
    { ...parts.tls, handshakeTimeout: handshakeWithinMs },
    function arrived(socket) {
      socket.on('error', () => undefined);
      const session = performServerHandshake(socket, servingOptions);
      sessions.add(session);
      session.on('error', () => undefined);
      session.once('close', () => sessions.delete(session));
      session.on('stream', asked);
      keepAlive(session, { leavesWithinMs });
    },
  );
  server.maxConnections = mostConnections;
  server.on('tlsClientError', (_, socket) => socket.destroy());
  server.listen({ port: parts.port, host: parts.address });
  await once(server, 'listening');

  function close(): void {
    server.close();
    for (const session of sessions) session.destroy();
  }

  return {
    announce(names) {
      news = `${JSON.stringify(names)}\n`;
      for (const listener of listeners) listener.write(news);
    },
    async drain(withinMs) {
      server.close();
      for (const listener of listeners) listener.end();
      for (const session of sessions) session.close();
      const late = setTimeout(close, withinMs);
      await Promise.all([...sessions].map(endOf));
      clearTimeout(late);
    },
    close,
  };
}

/** Resolves however it ends: `once` of node:events rejects when it breaks. */
function endOf(session: ServerHttp2Session): Promise<void> {
  return new Promise((done) => void session.once('close', done));
}

function statusOf(error: Error): number {
  if (error instanceof ConnectorAwayError) return awayStatus;
  return error instanceof TargetRefusedError ? notListedStatus : 502;
}
