import { createProxyMiddleware } from 'http-proxy-middleware';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { endConnection } from './end-connection.ts';

/** A WebSocket handshake as it goes to the upstream. */
export type UpstreamHandshake = {
  readonly origin: string;
  readonly target: string;
  /** as for HTTP; the upgrade is added here */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly tlsSkipVerify: boolean;
  readonly mapHeaders: (rawHeaders: string[]) => string[];
};

/** What becomes of a handshake: exactly one of the two is called, once. */
export type HandshakeEvents = {
  /** the upstream answered; only with 101 is there a tunnel now */
  answered(status: number): void;
  /** nothing has been written and nobody else will: answer within this call, then the connection ends */
  failed(code: 'upstream_unreachable' | 'upstream_timeout', detail: string): void;
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
  // The library sends `req.url` and `req.headers` on; what it gets is what was made for the upstream, nothing else.
  req.url = upstream.target;
  req.headers = { ...headerObject(upstream.headers), connection: 'Upgrade', upgrade: 'websocket' };
  let settled = false;

  const proxy = createProxyMiddleware({
    target: upstream.origin,
    prependPath: false,
    secure: !upstream.tlsSkipVerify,
    on: {
      proxyReqWs(proxyReq) {
        const timer = setTimeout(() => proxyReq.destroy(new HandshakeTimeout()), upstream.timeoutMs);
        function answered(answer: IncomingMessage): void {
          settled = true;
          answer.headers = headerObject(upstream.mapHeaders(answer.rawHeaders));
          if (answer.statusCode === 101)
            Object.assign(answer.headers, { connection: 'Upgrade', upgrade: 'websocket' });
          if (answer.statusCode !== 101) answer.once('end', () => endConnection(socket));
          events.answered(answer.statusCode ?? 502);
        }
        proxyReq.once('upgrade', answered);
        proxyReq.once('response', answered);
        for (const end of ['upgrade', 'response', 'close']) proxyReq.once(end, () => clearTimeout(timer));
        socket.once('close', () => proxyReq.destroy());
      },
      error(error) {
        if (settled) return;
        settled = true;
        events.failed(
          error instanceof HandshakeTimeout ? 'upstream_timeout' : 'upstream_unreachable',
          error.message,
        );
      },
    },
  });
  proxy.upgrade(req, socket, head);
}

class HandshakeTimeout extends Error {
  constructor() {
    super('the upstream did not answer the handshake in time');
  }
}

function headerObject(flat: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? '').toLowerCase();
    const value = flat[at + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
