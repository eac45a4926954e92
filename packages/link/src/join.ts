import type { Http2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { failWhenCut, resetStream } from './broken-end.ts';

/**
 * Joins a stream with the connection that it stands for. Each way ends by itself, and what breaks on one side is reset on the
 * other: half of an answer is never taken for all of it.
 */
export function join(stream: Http2Stream, origin: Socket): void {
  failWhenCut(stream).pipe(origin);
  origin.pipe(stream);
  origin.on('error', () => undefined);
  stream.once('close', function left() {
    if (!stream.readableEnded || stream.rstCode !== 0) origin.resetAndDestroy();
  });
  origin.once('close', function left() {
    if (!origin.readableEnded || !origin.writableFinished) resetStream(stream);
  });
}
