import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Allowed } from '../serve/targets.ts';
import type { AdmitPerson } from './admit.ts';
import type { Asserted } from './assertion.ts';
import { assertionIn, headersFor } from './headers.ts';
import { beginsHttp2, gateHttp2 } from './http2-gate.ts';
import type { GateOutcome } from './http2-gate.ts';
import type { CheckedRequest } from './rule.ts';
import { refusalSentence, refusalStatus } from './refusal.ts';
import type { Refused } from './refusal.ts';
import { createRelay, cut } from './relay.ts';
import type { Relay } from './relay.ts';

/** Lets requests through to a target, those of persons whom an assertion names. */
export type Gate = {
  take(stream: Duplex, origin: Socket, allowed: Allowed): void;
  /** No request after those that are under way. */
  drain(): void;
};

type Line = {
  readonly relay: Relay;
  readonly allowed: Allowed;
  /** requests that are not answered yet; a tunnel ends with its own two sides */
  underway: number;
  /** the target has closed its connection */
  isOver: boolean;
};

const headWithinMs = 30_000;
// The proxy sends what it may not repeat on what it used within a second.
const usedAgainWithinMs = 1_500;

/** Makes the gate. It speaks HTTP/1.1 as a server with the proxy, and as a client with the target. */
export function createGate({ admit, log }: { admit: AdmitPerson; log: Logger }): Gate {
  const lines = new WeakMap<Duplex, Line>();
  const sessions = new Set<ServerHttp2Session>();
  let isDraining = false;
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: headWithinMs,
    keepAliveTimeout: 0,
    maxHeaderSize: 64 * 1024,
    optimizeEmptyRequests: false,
  });

  // Whom a request is of, which is written down.
  async function personOf(req: CheckedRequest, allowed: Allowed): Promise<Asserted | Refused> {
    const found = await admit(assertionIn(req.rawHeaders), allowed.audiences, req);
    record(req, allowed, found);
    return found;
  }

  function record(req: CheckedRequest, { audiences }: Allowed, found: Asserted | Refused): void {
    const asked = {
      application: audiences.join(),
      method: req.method,
      path: (req.url ?? '').split('?', 1)[0]?.slice(0, 2_048),
      request_id: req.headers['x-request-id'],
    };
    if ('why' in found) {
      const { why, ...more } = found;
      log.warn({ audit: 'refused', ...asked, reason: why, ...more }, 'refused');
    } else log.info({ audit: 'allowed', ...asked, user: found.email, sub: found.sub }, 'allowed');
  }

  async function judge(asked: CheckedRequest, allowed: Allowed): Promise<GateOutcome> {
    const found = await personOf(asked, allowed);
    return 'why' in found
      ? { status: refusalStatus[found.why], body: `${refusalSentence(found)}\n` }
      : { headers: headersFor(asked.rawHeaders, found) };
  }

  function takeHttp2(stream: Duplex, origin: Socket, allowed: Allowed): void {
    const session = gateHttp2(stream, origin, (asked) => judge(asked, allowed));
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    if (isDraining) session.close();
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const line = lines.get(req.socket);
    if (line === undefined) return cut(req.socket);
    line.underway += 1;
    res.once('close', () => answered(line, req.socket));
    if (isDraining) res.setHeader('Connection', 'close');
    const found = await personOf(req, line.allowed);
    if (req.socket.destroyed) return undefined;
    if ('why' in found) {
      res.writeHead(refusalStatus[found.why], {
        'Content-Type': 'text/plain; charset=utf-8',
        'Cache-Control': 'no-store',
        Connection: 'close',
      });
      return void res.end(`${refusalSentence(found)}\n`);
    }
    return line.relay.request(req, res, headersFor(req.rawHeaders, found));
  }

  async function shake(req: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const line = lines.get(stream);
    // Any other protocol would carry requests that nobody looks at.
    if (line === undefined || req.headers.upgrade?.toLowerCase() !== 'websocket') return cut(stream);
    line.underway += 1;
    const found = await personOf(req, line.allowed);
    if (stream.destroyed) return undefined;
    if ('why' in found) {
      const body = `${refusalSentence(found)}\n`;
      const status = refusalStatus[found.why];
      return void stream.end(
        `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
    return line.relay.upgrade(req, stream, head, headersFor(req.rawHeaders, found));
  }

  server.on('request', (req, res) => void serve(req, res).catch(() => cut(req.socket)));
  server.on(
    'upgrade',
    (req: IncomingMessage, stream: Duplex, head: Buffer) =>
      void shake(req, stream, head).catch(() => cut(stream)),
  );
  server.on('clientError', (_, stream) => cut(stream));

  return {
    take(stream, origin, allowed) {
      origin.on('error', () => undefined);
      const line = { relay: createRelay(origin), allowed, underway: 0, isOver: false };
      origin.once('close', function over() {
        line.isOver = true;
        // What has come of an answer is still to go out.
        if (line.underway === 0) stream.end();
      });
      lines.set(stream, line);
      const late = setTimeout(() => cut(stream), headWithinMs);
      stream.once('close', function left() {
        clearTimeout(late);
        origin.destroy();
      });
      stream.once('data', function begun(first: Buffer) {
        clearTimeout(late);
        stream.pause();
        stream.unshift(first);
        if (beginsHttp2(first)) takeHttp2(stream, origin, allowed);
        else server.emit('connection', stream);
        stream.resume();
      });
    },
    drain() {
      isDraining = true;
      for (const session of sessions) session.close();
      // What is used soon after it was is not expected to be closed: a request that may not be repeated would be lost.
      setTimeout(() => server.closeIdleConnections(), usedAgainWithinMs).unref();
    },
  };
}

function answered(line: Line, stream: Duplex): void {
  line.underway -= 1;
  if (line.isOver && line.underway === 0) stream.end();
}
