import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { createGathering } from './gathering.ts';

/** A call to another service, bounded in time and in what it reads. */
export type Call = {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** for connecting, waiting and reading together */
  readonly timeoutMs: number;
  /** the longest answer that is read, bytes; default 256 KiB */
  readonly longest?: number;
  readonly dispatcher?: Dispatcher;
  /** ends it before its time */
  readonly signal?: AbortSignal;
};

/** An answer read completely. */
export type Answer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly retryAfter?: string;
};

/** No usable answer came: why, in a word that is safe to log. */
export class CallError extends Error {
  readonly reason: 'timeout' | 'unreachable' | 'too large';

  constructor(reason: CallError['reason'], options?: ErrorOptions) {
    super(`no answer: ${reason}`, options);
    this.reason = reason;
  }
}

// CVE-2026-26998: an answer without a bound lets the server that answers exhaust our memory.
const longestAnswer = 256 * 1024;

/**
 * Makes one HTTP call. Redirects are not followed: none of the services we call has a reason to send us elsewhere.
 *
 * @throws CallError
 */
export async function call({ url, timeoutMs, longest = longestAnswer, ...options }: Call): Promise<Answer> {
  const late = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal]);
  try {
    const answer = await request(url, { ...options, signal });
    const retryAfter = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      contentType: String(answer.headers['content-type'] ?? ''),
      body: await readBounded(answer.body, longest),
      ...(typeof retryAfter === 'string' && { retryAfter }),
    };
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError(late.aborted ? 'timeout' : 'unreachable', { cause: error });
  }
}

async function readBounded(body: AsyncIterable<Buffer>, longest: number): Promise<string> {
  const gathering = createGathering();
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > longest) throw new CallError('too large');
    gathering.add(piece);
  }
  return gathering.bytes().toString('utf8');
}
