import { isNamed, rawValues } from '@latchkey/http';
import type { ServerResponse } from 'node:http';

/** An answer on its way to the caller. Headers are flat lists, a character for each byte. */
export type Answer = {
  /** The head. It leaves with what of the body comes at once, and does not wait for the rest: a stream may be silent for a while. */
  begin(status: number, headers: string[]): void;
  /** The next piece of the body; false when the caller has not taken those before. Nothing where it has been ended. */
  write(piece: Buffer): boolean;
  /** The end, with trailers where it goes out in chunks. */
  end(trailers: readonly string[]): void;
};

const nothing = Buffer.alloc(0);
// Pages, and what scripts ask for. What is larger is not worth a copy.
const heldBytes = 16 * 1024;

/** Makes what writes an answer: in one piece where all of it comes at once. */
export function answerTo(res: ServerResponse): Answer {
  return new HeldAnswer(res);
}

class HeldAnswer implements Answer {
  private readonly res: ServerResponse;
  private isHolding = false;
  private held: Buffer | undefined = undefined;

  constructor(res: ServerResponse) {
    this.res = res;
  }

  begin(status: number, headers: string[]): void {
    // Without the reason phrase: it means nothing (RFC 9110, section 15), and Node throws at some that exist.
    this.res.writeHead(status, lengthLast(headers));
    this.isHolding = true;
    process.nextTick(letGo, this);
  }

  write(piece: Buffer): boolean {
    if (this.res.writableEnded) return true;
    if (this.isHolding && this.held === undefined && piece.length <= heldBytes) {
      this.held = piece;
      return true;
    }
    if (this.held !== undefined) this.letGo();
    this.isHolding = false;
    return this.res.write(piece);
  }

  end(trailers: readonly string[]): void {
    const { res, held, isHolding } = this;
    this.isHolding = false;
    if (res.writableEnded) return;
    if (trailers.length > 0) res.addTrailers(pairs(trailers));
    // As text it goes out together with the head.
    if (isHolding && held !== undefined) res.end(held.toString('latin1'), 'latin1');
    else res.end();
  }

  letGo(): void {
    if (!this.isHolding) return;
    this.isHolding = false;
    // Not `flushHeaders()`: that one sends the head as UTF-8. Behind bytes it is left as it is.
    if (!this.res.destroyed && !this.res.writableEnded) this.res.write(this.held ?? nothing);
  }
}

function letGo(answer: HeldAnswer): void {
  answer.letGo();
}

/**
 * Writes an interim answer (1xx). RFC 9110, section 15.2: "A proxy MUST forward 1xx responses", but for HTTP/1.0, which has
 * none. Where the caller takes nothing, one is left out: an application may send them without end.
 */
export function writeInterim(res: ServerResponse, status: number, headers: readonly string[]): void {
  if (res.req.httpVersion === '1.0' || res.socket?.writableNeedDrain !== false) return;
  res.writeInformation(status, headers);
}

/** Tells whether an answer will go out in chunks. */
export function goesInChunks(res: ServerResponse, status: number, rawHeaders: readonly string[]): boolean {
  const hasContent = res.req.method !== 'HEAD' && status !== 204 && status !== 304;
  return (
    hasContent && res.useChunkedEncodingByDefault && rawValues(rawHeaders, 'content-length').length === 0
  );
}

// Once Node knows the length, it reads the bytes of a Content-Disposition as UTF-8.
function lengthLast(flat: string[]): string[] {
  for (let at = 0, end = flat.length; at < end;) {
    if (!isNamed(flat[at], 'content-length')) at += 2;
    else {
      flat.push(...flat.splice(at, 2));
      end -= 2;
    }
  }
  return flat;
}

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []));
}
