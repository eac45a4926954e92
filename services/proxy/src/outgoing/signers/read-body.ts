import { createGathering } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { HeldBodies } from './held-bodies.ts';

/** A body in memory. */
export type HeldBody = { readonly bytes: Buffer; readonly release: () => void };

/** Why a body was not read to its end. */
export type BodyRefusal = 'body_too_large' | 'body_too_slow' | 'bodies_too_many';

// Signing covers the body, so it has to be in memory first. `skip_request_signing` is there for larger ones.
const signedBodyBytes = 16 * 1024 * 1024;
// A piece costs the parser more than its bytes, so a body of crumbs is at its limit sooner.
const pieceBytes = 64;
// 128 kbit/s. Who is slower than the slowest line is not sending a body but holding our memory.
const leastBytesPerMs = 16;

/**
 * Reads whole bodies of those who send them in time.
 *
 * @param options.graceMs how long a body may take, and one second more for each 16 KB of it
 */
export function createBodyReader({ held, graceMs }: { held: HeldBodies; graceMs: number }) {
  /**
   * Reads a whole body, or says why not.
   *
   * @param person whose it is; undefined for somebody that nobody knows
   * @returns undefined when the caller breaks off
   */
  return async function readBody(
    req: IncomingMessage,
    person: string | undefined,
  ): Promise<HeldBody | BodyRefusal | undefined> {
    if (Number(req.headers['content-length'] ?? 0) > signedBodyBytes) return 'body_too_large';
    if (req.destroyed) return undefined;
    const share = held.open(person);
    const gathering = createGathering();
    const startedAt = performance.now();
    let size = 0;
    let counted = 0;
    let timer: NodeJS.Timeout | undefined;

    return new Promise((resolve) => {
      function stop(): void {
        clearTimeout(timer);
        req.off('data', keep);
        req.off('end', finish);
        req.off('close', giveUp);
      }
      function drop(): void {
        stop();
        gathering.discard();
        share.release();
      }
      function refuse(why: BodyRefusal): void {
        drop();
        req.resume();
        resolve(why);
      }
      function keep(piece: Buffer): void {
        size += piece.length;
        counted += Math.max(piece.length, pieceBytes);
        if (size > signedBodyBytes || counted > signedBodyBytes + pieceBytes) return refuse('body_too_large');
        if (!share.resize(gathering.capacityWith(piece.length))) return refuse('bodies_too_many');
        return gathering.add(piece);
      }
      function finish(): void {
        stop();
        resolve({ bytes: gathering.bytes(), release: () => share.release() });
      }
      function giveUp(): void {
        drop();
        resolve(undefined);
      }
      function lookAtTheClock(): void {
        const leftMs = graceMs + size / leastBytesPerMs - (performance.now() - startedAt);
        if (leftMs <= 0) refuse('body_too_slow');
        else timer = setTimeout(lookAtTheClock, leftMs);
      }
      req.on('data', keep);
      req.once('end', finish);
      req.once('close', giveUp);
      lookAtTheClock();
    });
  };
}
