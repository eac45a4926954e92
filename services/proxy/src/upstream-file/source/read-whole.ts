import { errorCode } from '@latchkey/files';
import { createGathering } from '@latchkey/http';
import { request } from 'undici';
import { readAtMost } from '../read.ts';
import { SourceError } from './source.ts';

/** What is asked of a server that has an upstream file. */
export type SourceRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
};

/** An answer, read to its end. */
export type Whole = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly bytes: Uint8Array;
};

/**
 * Makes one HTTP request, through the outgoing proxy where there is one. An answer that may not be whole
 * is refused: half an upstream file may be a good one with fewer routes. What came is compared with `Content-Length` by undici.
 *
 * @throws SourceError
 */
export async function readWhole(url: URL, wanted: SourceRequest): Promise<Whole> {
  const {
    statusCode: status,
    headers,
    body,
  } = await request(url, wanted).catch((error: unknown) => {
    throw new SourceError(`cannot be reached (${errorCode(error)})`, { cause: error });
  });
  const gathering = createGathering();
  let size = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > readAtMost) throw new SourceError(`is larger than ${readAtMost / 1024 / 1024} MiB`);
      gathering.add(piece);
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`broke off before its end (${errorCode(error)})`, { cause: error });
  }
  const saysItsEnd = headers['content-length'] !== undefined || headers['transfer-encoding'] === 'chunked';
  if (size > 0 && !saysItsEnd) throw new SourceError('came without Content-Length: it may be half of it');
  return { status, headers: joined(headers), bytes: gathering.bytes() };
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
