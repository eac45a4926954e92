import { hasBody } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import type { HeldBody } from '../../outgoing/signers/read-body.ts';

/** A body on its way to an upstream. */
export type RequestBody = {
  /** The body from its beginning. */
  open(): Readable;
  /** whether it can be opened once more */
  canReopen(): boolean;
  /** Ends it: what was not sent is read and thrown away, or the caller would never come to read the answer. */
  release(): void;
};

const pieceBytes = 64 * 1024;
// A form, or what a program sends with an `Idempotency-Key`. An upload is not worth the memory.
const keptBytes = 64 * 1024;

/**
 * The body of a request, if it has one.
 *
 * @param held it, where it had to be read before
 * @param mayRepeat whether it may be sent once more
 */
export function requestBody(
  req: IncomingMessage,
  held: HeldBody | undefined,
  mayRepeat: boolean,
): RequestBody | undefined {
  if (held !== undefined) return heldBody(held, mayRepeat);
  return hasBody(req.headers) ? comingBody(req, mayRepeat) : undefined;
}

/** Whether a caller waits for 100 (Continue). HTTP/1.0 knows no expectations (RFC 9110, section 10.1.1). */
export function asksToGoOn({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMinor > 0 && headers.expect?.toLowerCase() === '100-continue';
}

/**
 * A body from its beginning.
 *
 * @param asksFirst the upstream is asked before anything is read: the caller gets 100 (Continue) as soon as its body is read
 */
export function bodyStream(body: RequestBody | undefined, asksFirst: boolean): Readable | null {
  if (body === undefined) return null;
  return asksFirst ? Readable.from(opened(body)) : body.open();
}

async function* opened(body: RequestBody): AsyncGenerator<Buffer> {
  yield* body.open() as AsyncIterable<Buffer>;
}

/**
 * The body of a request as it comes. While it is short enough, it can be opened once more.
 *
 * @param mayRepeat whether it may be sent once more; else it can be opened again only while nothing of it was read
 */
function comingBody(req: IncomingMessage, mayRepeat: boolean): RequestBody {
  const most = mayRepeat ? keptBytes : 0;
  let kept: Buffer[] | undefined = [];
  let size = 0;
  let stream: PassThrough | undefined;

  function keep(piece: Buffer): void {
    size += piece.length;
    if (size > most) kept = undefined;
    kept?.push(piece);
  }
  function ended(): void {
    if (!mayRepeat) kept = undefined;
  }
  function broken(): void {
    if (!req.complete) stream?.destroy(new Error('the client closed the connection'));
  }
  req.on('end', ended);
  req.once('close', broken);

  return {
    canReopen: () => kept !== undefined,
    open() {
      // undici destroys what it was given once it has no use for it, which the request must survive.
      const opened = new PassThrough();
      opened.on('error', () => req.unpipe(opened));
      for (const piece of kept ?? []) opened.write(piece);
      if (stream === undefined) req.on('data', keep);
      stream = opened;
      if (req.readableEnded) opened.end();
      else req.pipe(opened);
      return opened;
    },
    release() {
      req.off('end', ended);
      req.off('close', broken);
      req.off('data', keep);
      kept = undefined;
      if (stream !== undefined) req.unpipe(stream);
      req.resume();
    },
  };
}

/**
 * A body that is in memory. It goes piece by piece, so that where it is not needed again, the memory is free once the
 * application has taken the last.
 */
function heldBody({ bytes, release }: HeldBody, mayRepeat: boolean): RequestBody {
  function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  return {
    canReopen: () => mayRepeat,
    open() {
      const stream = Readable.from(pieces());
      return mayRepeat ? stream : stream.once('close', release);
    },
    release,
  };
}
