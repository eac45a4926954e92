import { createProxyMiddleware } from 'http-proxy-middleware';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { serverNameOf } from './connector.ts';
import { endConnection } from './end-connection.ts';
import { lookupElsewhere, refuseLocalLiteral } from './local-addresses.ts';
import { malformedDetail, refuseTransferCoding } from './malformed.ts';
import type { AnswerHeaders } from '../outgoing/response-headers.ts';
import { createTunnel } from './tunnel.ts';
import type { Tunnel } from './tunnel.ts';

const answerSilenceMs = 60_000;

/** A WebSocket handshake as it goes to the upstream. */
export type UpstreamHandshake = {
  readonly origin: string;
  readonly target: string;
  /** as for HTTP; the upgrade is added here */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly tlsSkipVerify: boolean;
  /** whether the origin may not be of this machine */
  readonly stayElsewhere: boolean;
  readonly answer: AnswerHeaders;
};

/** What becomes of a handshake: exactly one of the three is called, once. */
export type HandshakeEvents = {
  /** the upstream answered `101`, and the caller is told; nothing goes through before the tunnel is opened */
  accepted(tunnel: Tunnel): void;
  /** the upstream answered anything else, which is relayed */
  answered(status: number): void;
  /** nothing has been written and nobody else will: answer within this call, then the connection ends */
  failed(code: 'upstream_unreachable' | 'upstream_malformed' | 'upstream_timeout', detail: string): void;
};

/**
 * Forwards a WebSocket handshake and, once the upstream has answered `101`, the tunnel. Any other answer is relayed as
 * the answer it is and the connection closed: a tunnel without `101` would let the next request past the gate.
 */
export function forwardWebSocket(
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  upstream: UpstreamHandshake,
  events: HandshakeEvents,
): void {
  const refusal = upstream.stayElsewhere ? refuseLocalLiteral(new URL(upstream.origin).hostname) : undefined;
  if (refusal !== undefined) {
    events.failed('upstream_unreachable', refusal.message);
    return;
  }
  // The library sends `req.headers` on; what it gets is what was made for the upstream, nothing else. It also parses
  // `req.url`, and drops without a word what it cannot parse, so the target goes in where it is sent.
  req.url = '/';
  req.headers = { ...headerObject(upstream.headers), connection: 'Upgrade', upgrade: 'websocket' };
  let settled = false;
  let isAccepted = false;

  const proxy = createProxyMiddleware({
    target: upstream.origin,
    prependPath: false,
    secure: !upstream.tlsSkipVerify,
    // In spite of its name, these are the options of any request that the library makes.
    ssl: {
      servername: serverNameOf(upstream.origin),
      ...(upstream.stayElsewhere && { lookup: lookupElsewhere }),
    },
    on: {
      proxyReqWs(proxyReq) {
        proxyReq.path = upstream.target;
        const timer = setTimeout(() => proxyReq.destroy(new HandshakeTimeout()), upstream.timeoutMs);
        function answered(answer: IncomingMessage): void {
          settled = true;
          const { statusCode: status = 502, rawHeaders } = answer;
          const refused = refuseTransferCoding(rawHeaders);
          if (refused !== undefined) {
            events.failed('upstream_malformed', refused.message);
            // The library relays an answer only to a connection that can be written to.
            socket.end();
            return;
          }
          answer.headers = headerObject(upstream.answer.head(rawHeaders, { status, inChunks: false }));
          if (status === 101) {
            isAccepted = true;
            Object.assign(answer.headers, { connection: 'Upgrade', upgrade: 'websocket' });
            // The library writes this head, a character for each byte, without saying so; what follows are bytes.
            socket.setDefaultEncoding('latin1');
          } else {
            endAfter(answer, socket);
            events.answered(status);
          }
        }
        proxyReq.once('upgrade', answered);
        proxyReq.once('response', answered);
        for (const end of ['upgrade', 'response', 'close']) proxyReq.once(end, () => clearTimeout(timer));
        socket.once('close', () => proxyReq.destroy());
      },
      open(upstreamSocket) {
        // The library has tied them together; nothing has gone through yet.
        upstreamSocket.unpipe(socket);
        socket.unpipe(upstreamSocket);
        if (isAccepted) events.accepted(createTunnel(socket, upstreamSocket));
        else upstreamSocket.destroy();
      },
      error(error) {
        if (settled) return;
        settled = true;
        const malformed = malformedDetail(error);
        if (malformed !== undefined) events.failed('upstream_malformed', malformed);
        else if (error instanceof HandshakeTimeout) events.failed('upstream_timeout', error.message);
        else events.failed('upstream_unreachable', error.message);
      },
    },
  });
  proxy.upgrade(req, socket, head);
}

// The answer is relayed by the library; what is left to do is to end with it, whichever side stops first.
function endAfter(answer: IncomingMessage, socket: Socket): void {
  answer.once('end', () => endConnection(socket));
  answer.setTimeout(answerSilenceMs, () => socket.destroy());
  socket.once('end', () => socket.destroy());
  socket.resume();
}

class HandshakeTimeout extends Error {
  constructor() {
    super('the upstream did not answer the handshake in time');
  }
}

function headerObject(flat: readonly string[]): Record<string, string | string[]> {
  // Without a prototype: `constructor` is a header name like any other.
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? '').toLowerCase();
    const value = flat[at + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
