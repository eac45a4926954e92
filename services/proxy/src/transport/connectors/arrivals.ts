import {
  connectorName,
  connectPath,
  nameHeader,
  reasonHeader,
  subprotocol,
  taskHeader,
} from '@latchkey/contract';
import { bearerToken, canonicalAuthority, rawValues } from '@latchkey/http';
import { h2Settings, keepAlive, longestMessage, streamOf } from '@latchkey/link';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { ConnectorPool } from './pool.ts';

type Upgrade = (req: IncomingMessage, socket: Socket, head: Buffer) => void;

type Refusal = { readonly status: 400 | 401 | 403 | 503; readonly why: string };

const reasonPhrases = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
};
const recheckMs = 30_000;

/** Lets connectors in, at one host alone; every other handshake is none of its business. */
export type Arrivals = {
  readonly before: (others: Upgrade) => Upgrade;
  close(): void;
};

/**
 * @param parts.host a name, in lower case; at any port
 * @param parts.connectors the service account of each connector, by the names of connectors
 * @param parts.accountOf whose token it is; undefined for one that does not count
 */
export function createArrivals(parts: {
  host: string;
  connectors: () => ReadonlyMap<string, string>;
  accountOf: (token: string) => string | undefined;
  pool: ConnectorPool;
  log: Logger;
}): Arrivals {
  const { host, pool, log } = parts;
  const task = randomUUID();
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    handleProtocols: () => subprotocol,
  });
  webSockets.on('headers', (headers) => void headers.push(`${taskHeader}: ${task}`));
  // A reload takes tokens away; that one has run out is told by nobody.
  const timer = setInterval(() => pool.recheck(), recheckMs);
  timer.unref();

  function isAllowed(name: string, token: string): boolean {
    const account = parts.accountOf(token);
    return account !== undefined && parts.connectors().get(name) === account;
  }

  // In this order: who has no valid token learns nothing of names.
  function refusalOf({ rawHeaders, headers }: IncomingMessage, name: string): Refusal | undefined {
    const shown = bearerToken(rawHeaders);
    if (typeof shown !== 'object' || parts.accountOf(shown.token) === undefined) {
      return { status: 401, why: 'the token of a service account is needed, and this is none that counts' };
    }
    if (!connectorName.test(name) || !isAllowed(name, shown.token)) {
      return {
        status: 403,
        why: 'connectors of the upstream file does not allow this name with this account',
      };
    }
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!offered.includes(subprotocol)) {
      return { status: 400, why: `this proxy speaks ${subprotocol}, and the connector does not` };
    }
    return undefined;
  }

  function arrive(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const name = String(req.headers[nameHeader] ?? '').slice(0, 64);
    const shown = bearerToken(req.rawHeaders);
    const refusal = refusalOf(req, name);
    if (refusal !== undefined || typeof shown !== 'object') return refuse(req, socket, name, refusal);
    const { token } = shown;
    return webSockets.handleUpgrade(req, socket, head, function opened(webSocket) {
      const stream = streamOf(webSocket);
      const session = connect('http://connector', { createConnection: () => stream, settings: h2Settings });
      let why: string | undefined;
      session.on('error', (error) => {
        why = error.message;
      });
      stream.once('close', () => session.destroy());
      session.once('close', () => webSocket.terminate());
      keepAlive(session);
      if (!pool.add(name, { session, counts: () => isAllowed(name, token) })) return session.destroy();
      log.info({ connector: name, connections: pool.count(name) }, 'a connector has connected');
      session.once('close', function gone() {
        const about = {
          connector: name,
          connections: pool.count(name),
          ...(why !== undefined && { detail: why }),
        };
        log.info(about, 'a connection of a connector has ended');
      });
      return undefined;
    });
  }

  function refuse(req: IncomingMessage, socket: Socket, name: string, refusal?: Refusal): void {
    const { status, why } = refusal ?? { status: 400, why: 'unreadable' };
    log.warn({ connector: name, client: req.socket.remoteAddress, detail: why }, 'a connector was refused');
    socket.end(
      `HTTP/1.1 ${status} ${reasonPhrases[status]}\r\n${reasonHeader}: ${why}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  }

  return {
    before(others) {
      return function upgrade(req, socket, head) {
        if (req.url !== connectPath || !isAt(host, req)) return others(req, socket, head);
        socket.on('error', () => socket.destroy());
        return arrive(req, socket, head);
      };
    },
    close() {
      clearInterval(timer);
    },
  };
}

function isAt(host: string, { rawHeaders }: IncomingMessage): boolean {
  const [asked, ...more] = rawValues(rawHeaders, 'host');
  return asked !== undefined && more.length === 0 && canonicalAuthority(asked)?.host === host;
}
