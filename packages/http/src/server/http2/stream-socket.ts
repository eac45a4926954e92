import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>;

// What waits in memory for either side of a stream.
const highWaterMark = 16 * 1024;

/**
 * One end of a connection in memory, that a server of HTTP/1.1 takes for a socket: it has the addresses of the connection that
 * the stream is on, counts bytes and notices silence.
 */
export class StreamSocket extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  bytesRead = 0;
  private bytesTaken = 0;
  private peer: StreamSocket | undefined = undefined;
  private taken: (() => void) | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;

  private constructor({ remoteAddress, remotePort, localAddress, localPort }: Ends) {
    super({ highWaterMark, allowHalfOpen: true });
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.localAddress = localAddress;
    this.localPort = localPort;
  }

  /** @param ends the connection that the stream is on */
  static pair(ends: Ends): [StreamSocket, StreamSocket] {
    const [one, other] = [new StreamSocket(ends), new StreamSocket(ends)];
    one.peer = other;
    other.peer = one;
    return [one, other];
  }

  /** With what is not taken yet, as that of a socket. */
  get bytesWritten(): number {
    return this.bytesTaken + this.writableLength;
  }

  setTimeout(ms: number): this {
    clearTimeout(this.timer);
    this.timer = ms === 0 ? undefined : setTimeout(() => this.emit('timeout'), ms).unref();
    return this;
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.end(() => this.destroy());
  }

  override _read(): void {
    const { taken } = this;
    this.taken = undefined;
    taken?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.timer?.refresh();
    this.pass(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.peer?.hearEnd();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.timer);
    const { peer } = this;
    this.peer = undefined;
    // Like a connection: who has heard the end sees it close, who has not sees it break.
    if (peer !== undefined) setImmediate(() => peer.lose());
    done(error);
  }

  // Piece by piece, so that no more waits at the other end than it wants.
  private pass(chunk: Buffer, done: (error?: Error | null) => void): void {
    const piece = chunk.subarray(0, highWaterMark);
    const rest = chunk.subarray(highWaterMark);
    const isHeard = this.peer?.hear(piece, () => {
      this.bytesTaken += piece.length;
      if (rest.length === 0) done();
      else this.pass(rest, done);
    });
    if (isHeard !== true) done(new Error('the client closed the stream'));
  }

  private hear(chunk: Buffer, taken: () => void): boolean {
    if (this.destroyed) return false;
    this.timer?.refresh();
    this.bytesRead += chunk.length;
    if (this.push(chunk)) taken();
    else this.taken = taken;
    return true;
  }

  private hearEnd(): void {
    if (!this.destroyed) this.push(null);
  }

  private lose(): void {
    if (this.destroyed) return;
    if (!this.readableEnded) this.push(null);
    if (!this.writableFinished) this.destroy();
  }
}
