import type { Server } from 'node:http';
import { constants, createServer } from 'node:http2';
import type { Http2Server, Http2Session, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { byFirstBytes } from './by-first-bytes.ts';
import { StreamSocket } from './stream-socket.ts';
import { translate } from './translate.ts';

/** The HTTP/2 of a server. */
export type Http2Door = {
  /** Tells those who are connected that the server will go; what they ask until they have heard of it is still answered. */
  sayGoodbye(): void;
  /** Takes no more requests, and closes each connection after its last answer. */
  close(): void;
  /** Closes all connections at once, of whatever protocol. */
  destroy(): void;
};

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } =
  constants;
// RFC 9113, section 6.8: a server that will go "SHOULD send an initial GOAWAY frame with the last stream identifier set to
// 2^31-1", so that requests that are on their way are not lost.
const anyStream = 2 ** 31 - 1;

/** What one connection may ask of us. Of a request nothing is known before it is read, so these are for strangers. */
const limits = {
  // nginx and Envoy allow as many or fewer.
  maxConcurrentStreams: 128,
  // A megabyte each. HPACK makes one byte of what was sent before as long as a header may be, and Node keeps to it by stream.
  maxSessionMemory: 32,
  // CVE-2023-44487: who resets what they have asked for makes work for nothing. A burst, and so many in each second after it.
  streamResetBurst: 500,
  streamResetRate: 33,
  // CVE-2025-8671: frames that make us reset their streams, and streams that are refused.
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  // CVE-2019-9515: settings in one frame.
  maxSettings: 32,
  // A browser sends each cookie by itself.
  maxHeaderListPairs: 1_000,
};

// More than a connection can carry.
const anyNumber = 1_000_000;

/**
 * The same of a load balancer in front, which has the requests of many people on one connection and passes on what each of them
 * takes back. What ends the connection would let one of them end the requests of all. What a request
 * has begun may go on for a while after its stream, and counts no more among those that are open: how much one caller takes back
 * is for the load balancer to limit, which knows them apart.
 */
const limitsOfBalancers = {
  ...limits,
  streamResetBurst: anyNumber,
  streamResetRate: anyNumber,
  maxSessionInvalidFrames: anyNumber,
  maxSessionRejectedStreams: anyNumber,
};

// CVE-2019-9515: settings are to be acknowledged, each time. gRPC changes its window some ten times.
const mostSettings = 1_000;

/**
 * Lets a server speak HTTP/2 on the port on which it speaks HTTP/1.1. A connection that begins with the preface of HTTP/2 (prior
 * knowledge, RFC 9113, section 3.3) is taken here, and each of its streams goes to the server as a connection with one request.
 *
 * @param options.headerBytes how long the head of a request may be, as the server counts it
 * @param options.readMs how long the first bytes of a connection may take, and its end
 * @param options.writeMs how long a client may take nothing of an answer that is here
 * @param options.idleMs how long a connection is kept without a request
 * @param options.isBalancer whether a trusted load balancer is at the other end, which brings the requests of many people
 */
export function openHttp2Door(
  server: Server,
  {
    headerBytes,
    readMs,
    writeMs,
    idleMs,
    isBalancer,
  }: {
    headerBytes: number;
    readMs: number;
    writeMs: number;
    idleMs: number;
    isBalancer: (socket: Socket) => boolean;
  },
): Http2Door {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const takeHttp1 = server.listeners('connection');
  const http1 = (socket: Duplex) => takeHttp1.forEach((take) => Reflect.apply(take, server, [socket]));
  const [ofStrangers, ofBalancers] = [serverWithin(limits), serverWithin(limitsOfBalancers)];
  function serverWithin({ maxConcurrentStreams, ...others }: typeof limits): Http2Server {
    const streams = createServer({
      ...others,
      maxSendHeaderBlockLength: 2 * headerBytes,
      settings: {
        maxConcurrentStreams,
        // Each header counts with 32 bytes more than it has (RFC 9113, section 6.5.2). Somewhat more than HTTP/1.1 takes is
        // taken, and answered 431 there.
        maxHeaderListSize: 2 * headerBytes,
      },
    });
    // A client that breaks the rules of the connection loses it, and no other does.
    return streams.on('sessionError', (_error: Error, session: Http2Session) => session.destroy());
  }
  function hold(session: ServerHttp2Session, socket: Socket): void {
    sessions.add(session);
    // A session that is closed leaves the connection to its client to close, and a client may keep it.
    function end(): void {
      session.close();
      idle = setTimeout(() => socket.destroy(), readMs);
    }
    let idle = setTimeout(end, idleMs);
    let open = 0;
    let settings = 0;
    session.on('remoteSettings', () => {
      if (++settings > mostSettings) session.destroy(undefined, NGHTTP2_ENHANCE_YOUR_CALM);
    });
    socket.once('close', () => {
      clearTimeout(idle);
      sessions.delete(session);
    });
    session.on('stream', function serve(stream, _headers, flags, rawHeaders) {
      clearTimeout(idle);
      open++;
      stream.once('close', () => {
        open--;
        if (open === 0 && !socket.destroyed) idle = setTimeout(end, idleMs);
      });
      // Who asked for it is done with an answer once it is here whole: nobody else sees that it is not taken.
      stream.on('timeout', () => {
        if (stream.writableLength > 0) stream.close(NGHTTP2_INTERNAL_ERROR);
      });
      stream.setTimeout(writeMs);
      translate(stream, rawHeaders, (flags & NGHTTP2_FLAG_END_STREAM) === 0, function connectTo() {
        const [near, far] = StreamSocket.pair(socket);
        http1(far);
        return near;
      });
    });
  }
  function http2(socket: Socket): void {
    const streams = isBalancer(socket) ? ofBalancers : ofStrangers;
    streams.once('session', (session) => hold(session, socket));
    streams.emit('connection', socket);
  }

  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    byFirstBytes(socket, readMs, { http1, http2 });
  });

  return {
    sayGoodbye() {
      for (const session of sessions) if (!session.closed) session.goaway(NGHTTP2_NO_ERROR, anyStream);
    },
    close() {
      for (const session of sessions) session.close();
    },
    destroy() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
