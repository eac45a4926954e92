import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { DispatchedRequest } from '../ask-first.ts';
import type { Destination } from '../../dial/destination.ts';
import type { Dialer } from '../../dial/dialer.ts';
import { ClosedStreamError, SlowError } from '../../failure.ts';
import { MalformedAnswerError } from '../../malformed.ts';
import { exchange } from './exchange.ts';

/** A connection to an application over which many requests go at once. */
export type Line = {
  /** milliseconds that never jump */
  readonly openedAt: number;
  hasRoom(): boolean;
  isUsedWithin(ms: number): boolean;
  /** Sends a request, once the connection is there; `unsent` hears why it could not. */
  send(
    outgoing: DispatchedRequest,
    handler: Dispatcher.DispatchHandler,
    unsent: (error: Error) => void,
  ): void;
  /** Takes no more requests, and closes after those that are under way. */
  retire(): void;
};

type Waiting = {
  readonly start: (session: ClientHttp2Session) => void;
  readonly unsent: (error: Error) => void;
};

// RFC 9113, section 6.5.2: "It is recommended that this value be no smaller than 100". An application may want fewer.
const mostStreams = 100;
// An application may take many streams that are reset for a flood, and end the connection with all that is under way: servers of Node
// and nghttp2 do so after 1 000 (CVE-2023-44487). Callers that leave must not come near that.
const mostCancelled = 500;
// What all answers on a connection together may be ahead of us.
const windowBytes = 4 * 1024 * 1024;
// What comes as 64 KiB over HTTP/1.1 is counted with 32 bytes for each header here (RFC 9113, section 6.5.2).
const headerBytes = 96 * 1024;

// What waits for the application on all streams of a connection.
const sessionMegabytes = 64;

/** Opens one. */
export function openLine(options: {
  dialer: Dialer;
  destination: Destination;
  idleMs: number;
  elapsed: () => number;
  onRetire: () => void;
}): Line {
  const { dialer, destination, idleMs, elapsed, onRetire } = options;
  const scheme = destination.tls === undefined ? 'http' : 'https';
  let session: ClientHttp2Session | undefined;
  let waiting: Waiting[] = [];
  let streams = 0;
  let cancelled = 0;
  let usedAt = elapsed();
  let isRetired = false;
  let idle: NodeJS.Timeout | undefined;

  function retire(): void {
    if (isRetired) return;
    isRetired = true;
    clearTimeout(idle);
    onRetire();
    session?.close();
  }
  function giveUp(error: Error): void {
    retire();
    for (const { unsent } of waiting.splice(0)) unsent(error);
  }
  function begin(socket: Socket): void {
    if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return giveUp(new MalformedAnswerError('the application does not speak HTTP/2 over TLS (ALPN)'));
    }
    const opened = connect(`${scheme}://application`, {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: headerBytes },
      maxHeaderListPairs: 2_000,
      maxSendHeaderBlockLength: 2 * headerBytes,
      maxSessionMemory: sessionMegabytes,
    });
    opened.once('connect', () => opened.setLocalWindowSize(windowBytes));
    opened.once('goaway', retire);
    opened.once('close', retire);
    // Its streams tell.
    opened.on('error', retire);
    session = opened;
    for (const { start } of waiting.splice(0)) start(opened);
    if (isRetired) opened.close();
  }
  function ended(error: Error | undefined): void {
    streams--;
    usedAt = elapsed();
    // A connection whose other end has vanished looks like this, and would look so to everybody else.
    if (error instanceof SlowError) retire();
    if (error !== undefined && ++cancelled >= mostCancelled) retire();
    if (streams === 0 && !isRetired) idle = setTimeout(retire, idleMs);
  }

  dialer.dial(destination, (...[error, socket]) => {
    if (error === null) begin(socket);
    else giveUp(error);
  });

  return {
    openedAt: elapsed(),
    hasRoom: () =>
      session?.closed !== true &&
      streams < Math.min(mostStreams, session?.remoteSettings?.maxConcurrentStreams ?? mostStreams),
    isUsedWithin: (ms) => streams > 0 || elapsed() - usedAt < ms,
    send(outgoing, handler, unsent) {
      clearTimeout(idle);
      streams++;
      const notSent = (error: Error) => {
        ended(error);
        unsent(error);
      };
      const start = (opened: ClientHttp2Session) => {
        try {
          exchange(opened, outgoing, scheme, handler, ended);
        } catch (error) {
          // The application may have said goodbye a moment ago.
          if (opened.closed || opened.destroyed) notSent(new ClosedStreamError('the connection has ended'));
          else notSent(error instanceof Error ? error : new Error('unknown'));
        }
      };
      if (session === undefined) waiting.push({ start, unsent: notSent });
      else start(session);
    },
    retire,
  };
}
