import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { overWebSocket } from './over-websocket.ts';

/** How a TCP connection ended: both ways by themselves, by a limit, because somebody ended it, or torn. */
export type Ending = 'ended' | 'idle' | 'too_long' | 'closed' | 'torn';

/** A TCP connection; or two streams in its place, which cannot be reset. */
export type Connection = Duplex & Partial<Pick<Socket, 'setNoDelay' | 'resetAndDestroy'>>;

/** A TCP connection that is carried over a WebSocket. */
export type Carried = {
  /** Lets bytes through. Until then nothing is read from either side. */
  readonly open: () => void;
  /** Ends it now: the WebSocket with a code and a reason, the connection with a reset. */
  readonly close: (code: number, reason?: string) => void;
  /** Calls once, when it is over. */
  readonly onClose: (listener: (ending: Ending) => void) => void;
  /** bytes so far */
  readonly bytes: { fromSocket: number; toSocket: number };
};

// A balancer ends what says nothing for a minute, and nothing else tells that the other machine sleeps.
const pingEveryMs = 20_000;
const silentMs = 70_000;
const lookEveryMs = 1_000;
const goodbyeMs = 5_000;
// RFC 6455, section 7.4.1: both ways have ended; or there is a condition here that the other side knows nothing of.
const done = 1000;
const torn = 1011;

/**
 * Carries a TCP connection over a WebSocket, byte for byte, with each end of a way and with breaks: what is torn on one side is
 * reset on the other, so that nobody takes half of an answer for all of it.
 *
 * @param limits milliseconds without a byte, and in all; absent: none
 */
export function carry(
  socket: Connection,
  ws: WebSocket,
  limits: { idleMs?: number; longestMs?: number } = {},
): Carried {
  const way = overWebSocket(ws);
  const bytes = { fromSocket: 0, toSocket: 0 };
  const listeners: Array<(ending: Ending) => void> = [];
  const timers: NodeJS.Timeout[] = [];
  let over: Ending | undefined;
  let lastByteAt = performance.now();
  let heardAt = performance.now();

  function finish(ending: Ending, code: number, reason?: string): void {
    if (over !== undefined) return;
    over = ending;
    for (const timer of timers) clearTimeout(timer);
    way.destroy();
    ws.resume();
    ws.close(code, reason);
    const cut = setTimeout(() => ws.terminate(), goodbyeMs);
    ws.once('close', () => clearTimeout(cut));
    if (ws.readyState === ws.CLOSED) clearTimeout(cut);
    for (const listener of listeners) listener(ending);
    if (ending !== 'ended') reset(socket);
  }
  // What was handed over to a connection that takes nothing is still on its way.
  function endWithBoth(): void {
    if (way.closed && socket.closed) finish('ended', done);
  }
  function count(direction: keyof typeof bytes): (chunk: Buffer) => void {
    return function counted({ length }) {
      bytes[direction] += length;
      lastByteAt = performance.now();
    };
  }
  function lookAtIdle(idleMs: number): void {
    if (performance.now() - lastByteAt >= idleMs) finish('idle', torn, 'nothing was sent for too long');
  }
  // Not by what answers a ping: who takes nothing for a while reads no pings either, and sends its own all the same.
  function ping(): void {
    if (ws.isPaused) heardAt = performance.now();
    if (performance.now() - heardAt > silentMs) return ws.terminate();
    ws.ping();
  }

  // RFC 9293, section 3.6: who has nothing more to say may go on hearing.
  socket.allowHalfOpen = true;
  socket.pause();
  socket.setNoDelay?.(true);
  for (const event of ['ping', 'pong', 'message']) ws.on(event, () => (heardAt = performance.now()));
  way.on('error', () => finish('torn', torn));
  socket.on('error', () => finish('torn', torn, 'the connection broke'));
  socket.once('close', () => {
    if (!socket.readableEnded || !socket.writableFinished) finish('torn', torn, 'the connection broke');
    endWithBoth();
  });
  way.once('close', endWithBoth);

  return {
    bytes,
    open() {
      if (over !== undefined) return;
      const { idleMs, longestMs } = limits;
      heardAt = lastByteAt = performance.now();
      timers.push(setInterval(ping, pingEveryMs));
      if (idleMs !== undefined) timers.push(setInterval(lookAtIdle, Math.min(idleMs, lookEveryMs), idleMs));
      if (longestMs !== undefined) {
        timers.push(setTimeout(() => finish('too_long', torn, 'the longest time is over'), longestMs));
      }
      socket.on('data', count('fromSocket'));
      way.on('data', count('toSocket'));
      socket.pipe(way);
      way.pipe(socket);
    },
    close: (code, reason) => finish('closed', code, reason),
    onClose(listener) {
      if (over === undefined) listeners.push(listener);
      else listener(over);
    },
  };
}

// Node resets TCP alone, and throws where TLS is on top of it (to an outgoing proxy).
function reset(socket: Connection): void {
  if (socket.resetAndDestroy === undefined || 'encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
