import { createProxyMiddleware } from 'http-proxy-middleware';
import { Agent } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AnswerHeaders } from '../../outgoing/response-headers.ts';
import type { Destination } from '../dial/destination.ts';
import type { Dialer } from '../dial/dialer.ts';
import { endConnection } from './end-connection.ts';
import { failureOf, SlowError } from '../failure.ts';
import type { Failure } from '../failure.ts';
import { refuseTransferCoding } from '../malformed.ts';
import { createTunnel } from './tunnel.ts';
import type { Tunnel } from './tunnel.ts';

const answerSilenceMs = 60_000;

/** A WebSocket handshake as it goes to the upstream. */
export type UpstreamHandshake = {
  readonly destination: Destination;
  readonly target: string;
  /** as for HTTP; the upgrade is added here */
  readonly headers: readonly string[];
  /** milliseconds until it is answered, once it has been sent */
  readonly timeoutMs: number;
  readonly answer: AnswerHeaders;
};

/** What becomes of a handshake: exactly one of the three is called, once. */
export type HandshakeEvents = {
  /** the upstream answered `101`, and the caller has got it; nothing goes through before the tunnel is opened */
  accepted(tunnel: Tunnel): void;
  /** the upstream answered anything else, which is relayed */
  answered(status: number): void;
  /** nothing has been written and nobody else will: answer within this call, then the connection ends */
  failed(failure: Failure): void;
};

/**
 * Forwards a WebSocket handshake and, once the upstream has answered `101`, the tunnel. Any other answer is relayed as
 * the answer it is and the connection closed: a tunnel without `101` would let the next request past the gate.
 */
export type ForwardWebSocket = (
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  upstream: UpstreamHandshake,
  events: HandshakeEvents,
) => void;

/** One on its way. */
type Handshake = {
  readonly socket: Socket;
  readonly upstream: UpstreamHandshake;
  readonly events: HandshakeEvents;
  /** it is answered, or failed */
  isSettled: boolean;
  isAccepted: boolean;
};

/** Makes what forwards handshakes, over connections that the dialer opens. */
export function createForwardWebSocket(dialer: Dialer): ForwardWebSocket {
  const handshakes = new WeakMap<IncomingMessage | Socket, Handshake>();
  const agents = new WeakMap<Destination, Agent>();

  function agentTo(destination: Destination): Agent {
    const before = agents.get(destination);
    if (before !== undefined) return before;
    const agent: Agent = Object.assign(new Agent(), {
      createConnection: (_: unknown, dialed: Dialed) => dialer.dial(destination, dialed),
    });
    agents.set(destination, agent);
    return agent;
  }

  const proxy = createProxyMiddleware({
    // The library would dial itself. What it is given with each request is an agent that has it dialed for; whether that
    // secures the connection is none of its business.
    router(req, _, options) {
      const handshake = handshakes.get(req);
      if (handshake !== undefined) options.agent = agentTo(handshake.upstream.destination);
      return 'http://application';
    },
    prependPath: false,
    on: {
      proxyReqWs(proxyReq, req) {
        const handshake = handshakes.get(req);
        if (handshake !== undefined) send(handshake, proxyReq);
      },
      open(upstreamSocket) {
        const handshake = handshakes.get(upstreamSocket);
        if (handshake?.isAccepted === true) accept(handshake, upstreamSocket);
        else upstreamSocket.destroy();
      },
      error(error, req) {
        const handshake = handshakes.get(req);
        if (handshake === undefined || handshake.isSettled) return;
        handshake.isSettled = true;
        handshake.events.failed(failureOf(error));
      },
    },
  });

  function send(handshake: Handshake, proxyReq: ClientRequest): void {
    const { socket, upstream } = handshake;
    proxyReq.path = upstream.target;
    let timer: NodeJS.Timeout | undefined;
    proxyReq.once('socket', function sent() {
      const late = new SlowError('no answer to the handshake', upstream.timeoutMs);
      timer = setTimeout(() => proxyReq.destroy(late), upstream.timeoutMs);
    });
    proxyReq.once('upgrade', function upgraded(answer, upstreamSocket) {
      handshakes.set(upstreamSocket, handshake);
      answered(handshake, answer);
    });
    proxyReq.once('response', (answer) => answered(handshake, answer));
    for (const end of ['upgrade', 'response', 'close']) proxyReq.once(end, () => clearTimeout(timer));
    socket.once('close', () => proxyReq.destroy());
  }

  return function forwardWebSocket(req, socket, head, upstream, events) {
    // The library sends `req.headers` on; what it gets is what was made for the upstream, nothing else. It also parses
    // `req.url`, and drops without a word what it cannot parse, so the target goes in where it is sent.
    req.url = '/';
    req.headers = { ...headerObject(upstream.headers), connection: 'Upgrade', upgrade: 'websocket' };
    handshakes.set(req, { socket, upstream, events, isSettled: false, isAccepted: false });
    proxy.upgrade(req, socket, head);
  };
}

function accept({ socket, events }: Handshake, upstreamSocket: Socket): void {
  // The library has joined them already; nothing has been sent through yet.
  upstreamSocket.unpipe(socket);
  socket.unpipe(upstreamSocket);
  events.accepted(createTunnel(socket, upstreamSocket));
}

type Dialed = Parameters<Dialer['dial']>[1];

// What the application answers, before the library relays it.
function answered(handshake: Handshake, answer: IncomingMessage): void {
  const { socket, upstream, events } = handshake;
  handshake.isSettled = true;
  const { statusCode: status = 502, rawHeaders } = answer;
  const refused = refuseTransferCoding(rawHeaders);
  if (refused !== undefined) {
    events.failed(failureOf(refused));
    // The library relays an answer only to a connection that can be written to.
    socket.end();
    return;
  }
  answer.headers = headerObject(upstream.answer.head(rawHeaders, { status, inChunks: false }));
  if (status === 101) {
    handshake.isAccepted = true;
    Object.assign(answer.headers, { connection: 'Upgrade', upgrade: 'websocket' });
    // The library writes this head, a character for each byte, without saying so; what follows are bytes.
    socket.setDefaultEncoding('latin1');
  } else {
    endAfter(answer, socket);
    events.answered(status);
  }
}

// The answer is relayed by the library; what is left to do is to end with it, whichever side stops first.
function endAfter(answer: IncomingMessage, socket: Socket): void {
  answer.once('end', () => endConnection(socket));
  answer.setTimeout(answerSilenceMs, () => socket.destroy());
  socket.once('end', () => socket.destroy());
  socket.resume();
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
