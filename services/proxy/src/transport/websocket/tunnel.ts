import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { takeLeave } from './end-connection.ts';
import { closeFrame, frameLengths, maskedCloseFrame } from './frames.ts';

/** Why it ends, for both sides: we are going away, the policy says no, or it may try again later. */
export type CloseCode = 1001 | 1008 | 1013;

/** A WebSocket between a browser and an application, after `101`. */
export type Tunnel = {
  /** Lets bytes through. Until then nothing is read from either side. */
  open(): void;
  /**
   * Takes nothing more from the browser, and ends both ways with a close frame where one fits: between two frames. That of the
   * application that is under way is waited for, that of the browser is not. Where none fits, the connection ends without.
   */
  close(code: CloseCode): void;
  onClose(listener: () => void): void;
};

/** Ties two connections together. */
export function createTunnel(socket: Socket, upstream: Socket): Tunnel {
  const toBrowser = endingWay(closeFrame, () => upstream.unpipe(toBrowser.stream));
  const toApp = endingWay(maskedCloseFrame, () => socket.unpipe(toApp.stream));
  let isClosing = false;

  toBrowser.stream.pipe(socket);
  toApp.stream.pipe(upstream);
  // Only after the last byte is out: the browser would be reset before it has read them all.
  socket.once('finish', () => takeLeave(socket));
  // A pipe passes an end on, not a break: without this an application would never learn that its visitor has left.
  whenClosed(socket, () => {
    if (!isClosing) upstream.destroy();
  });
  whenClosed(upstream, () => {
    if (!upstream.readableEnded && !toBrowser.isOver()) socket.destroy();
  });

  return {
    open() {
      upstream.pipe(toBrowser.stream);
      socket.pipe(toApp.stream);
    },
    close(code) {
      isClosing = true;
      toBrowser.close(code);
      toApp.close(code);
      toApp.end();
      takeLeave(socket);
      takeLeave(upstream);
    },
    onClose: (listener) => whenClosed(socket, listener),
  };
}

type EndingWay = {
  readonly stream: Transform;
  /** Ends after the frame that is under way, with a close frame. */
  close(code: CloseCode): void;
  /** Ends now, with a close frame where none is under way. */
  end(): void;
  isOver(): boolean;
};

function endingWay(frameFor: (code: CloseCode) => Buffer, letGo: () => void): EndingWay {
  const frames = frameLengths();
  let closing: CloseCode | undefined;
  const isOver = () => closing !== undefined && frames.isBetween();

  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let at = 0;
      while (at < chunk.length && !isOver()) at = frames.follow(chunk, at);
      done(null, chunk.subarray(0, at));
      if (isOver()) end();
    },
    flush(done) {
      done(null, closing !== undefined && frames.isBetween() ? frameFor(closing) : undefined);
    },
  });
  function end(): void {
    letGo();
    stream.end();
  }

  return {
    stream,
    isOver,
    end,
    close(code) {
      closing ??= code;
      if (isOver()) end();
    },
  };
}

function whenClosed(socket: Socket, then: () => void): void {
  if (socket.destroyed) then();
  else socket.once('close', then);
}
