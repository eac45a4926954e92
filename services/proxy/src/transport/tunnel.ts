import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { takeLeave } from './end-connection.ts';
import { closeFrame, frameLengths } from './frames.ts';

/** What a browser is told about the end: we are going away, the policy says no, or it may try again later. */
export type CloseCode = 1001 | 1008 | 1013;

/** A WebSocket between a browser and an application, after `101`. */
export type Tunnel = {
  /** Lets bytes through. Until then nothing is read from either side. */
  open(): void;
  /**
   * Takes nothing more from the browser, and ends with a close frame where one fits: between two frames of the
   * application. Where a frame does not end soon, the connection ends without.
   */
  close(code: CloseCode): void;
  onClose(listener: () => void): void;
};

/** Ties two connections together. */
export function createTunnel(socket: Socket, upstream: Socket): Tunnel {
  const frames = frameLengths();
  let closing: CloseCode | undefined;
  const isOver = () => closing !== undefined && frames.isBetween();

  const toBrowser = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let at = 0;
      while (at < chunk.length && !isOver()) at = frames.follow(chunk, at);
      done(null, chunk.subarray(0, at));
      if (isOver()) end();
    },
    flush(done) {
      done(null, closing !== undefined && frames.isBetween() ? closeFrame(closing) : undefined);
    },
  });
  function end(): void {
    upstream.unpipe(toBrowser);
    toBrowser.end();
  }

  toBrowser.pipe(socket);
  // Nothing is left to be told to the browser, or it would be reset before it has read what was.
  socket.once('finish', () => takeLeave(socket));
  // A pipe passes an end on, not a break: without this an application would never learn that its visitor is gone.
  whenClosed(socket, () => upstream.destroy());
  whenClosed(upstream, () => {
    if (!upstream.readableEnded) socket.destroy();
  });

  return {
    open() {
      upstream.pipe(toBrowser);
      socket.pipe(upstream);
    },
    close(code) {
      closing ??= code;
      socket.unpipe(upstream);
      takeLeave(socket);
      if (isOver()) end();
    },
    onClose: (listener) => whenClosed(socket, listener),
  };
}

function whenClosed(socket: Socket, then: () => void): void {
  if (socket.destroyed) then();
  else socket.once('close', then);
}
