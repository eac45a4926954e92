import {
  connectorName,
  connectPath,
  nameHeader,
  reasonHeader,
  subprotocol,
  taskHeader,
} from '@latchkey/contract';
import { bearerToken, canonicalAuthority, rawValues } from '@latchkey/http';
import { keepAlive, leavesWithinMs, longestMessage, sessionOptions, streamOf } from '@latchkey/link';
import { connect } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Emit } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { IdentifiedConnector, IdentifyConnector } from '../../authn/connector-credential.ts';
import type { ConnectorRefusal, ProxyEvent } from '../../telemetry/events.ts';
import type { ConnectorPool } from './pool.ts';

type Upgrade = (req: IncomingMessage, socket: Socket, head: Buffer) => void;

type Refusal = {
  readonly reason: ConnectorRefusal;
  readonly status: 400 | 401 | 403 | 503;
  readonly why: string;
  /** what else there is to know, for our log alone */
  readonly flaw?: string | undefined;
};

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
 * @param parts.identify tells which service account has shown a token
 */
export function createArrivals(parts: {
  host: string;
  connectors: () => ReadonlyMap<string, string>;
  identify: IdentifyConnector;
  pool: ConnectorPool;
  /** what this task is called */
  task: string;
  emit: Emit<ProxyEvent>;
  log: Logger;
}): Arrivals {
  const { host, pool, task, emit, log } = parts;
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    handleProtocols: () => subprotocol,
  });
  webSockets.on('headers', (headers) => void headers.push(`${taskHeader}: ${task}`));
  // A reload says which tokens are taken away. Nothing says that one has expired.
  const timer = setInterval(() => pool.recheck(), recheckMs);
  timer.unref();

  function isAllowed(name: string, { account, counts }: IdentifiedConnector): boolean {
    return counts() && parts.connectors().get(name) === account;
  }

  // In this order: who has no valid token learns nothing of names.
  async function credentialOf(req: IncomingMessage, name: string): Promise<IdentifiedConnector | Refusal> {
    const shown = bearerToken(req.rawHeaders);
    const found =
      typeof shown === 'object' ? await parts.identify(shown.token, req) : { isUnverified: false };
    if (!('account' in found)) {
      const { isUnverified, flaw } = found;
      return isUnverified
        ? { reason: 'unproved', status: 503, why: 'the token cannot be checked at the moment', flaw }
        : {
            reason: 'token',
            status: 401,
            why: 'the token of a service account is needed, and this is none that counts',
            flaw,
          };
    }
    if (!connectorName.test(name) || !isAllowed(name, found)) {
      return {
        reason: 'name',
        status: 403,
        why: 'connectors of the upstream file does not allow this name with this account',
      };
    }
    const offered = (req.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!offered.includes(subprotocol)) {
      const why = `this proxy speaks ${subprotocol}, and the connector does not`;
      return { reason: 'version', status: 400, why };
    }
    return found;
  }

  async function arrive(req: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const name = String(req.headers[nameHeader] ?? '').slice(0, 64);
    const found = await credentialOf(req, name);
    if (socket.destroyed) return undefined;
    if ('why' in found) return refuse(req, socket, name, found);
    return webSockets.handleUpgrade(req, socket, head, function opened(webSocket) {
      const stream = streamOf(webSocket);
      const session = connect('http://connector', { createConnection: () => stream, ...sessionOptions });
      let why: string | undefined;
      session.on('error', (error) => {
        why = error.message;
      });
      stream.once('close', () => session.destroy());
      session.once('close', () => webSocket.terminate());
      keepAlive(session, { leavesWithinMs });
      if (!pool.add(name, { session, counts: () => isAllowed(name, found) })) return session.destroy();
      log.info({ connector: name, connections: pool.count(name) }, 'a connector has connected');
      session.once('close', function closed() {
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

  function refuse(
    req: IncomingMessage,
    socket: Socket,
    name: string,
    { reason, status, why, flaw }: Refusal,
  ): void {
    emit({ kind: 'connector_refused', reason });
    const detail = flaw === undefined ? why : `${why}: ${flaw}`;
    log.warn({ connector: name, client: req.socket.remoteAddress, detail }, 'a connector was refused');
    socket.end(
      `HTTP/1.1 ${status} ${reasonPhrases[status]}\r\n${reasonHeader}: ${why}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  }

  return {
    before(others) {
      return function upgrade(req, socket, head) {
        if (req.url !== connectPath || !isAt(host, req)) return others(req, socket, head);
        socket.on('error', () => socket.destroy());
        return void arrive(req, socket, head).catch(() => socket.destroy());
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
