import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http-error.ts';

/**
 * Reads the text of a small body.
 *
 * Nothing is inflated: a kilobyte on the wire could be a thousand of them, and no client of ours compresses.
 *
 * @param withinMs how long it may take from its first byte to its last; absent where the server ends every request in time
 * @throws HttpError `body_too_large`, `body_too_slow`, `bad_request`
 */
export async function readText(req: IncomingMessage, bytes: number, withinMs?: number): Promise<string> {
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpError('bad_request', { detail: 'a compressed body' });
  }
  if (Number(req.headers['content-length'] ?? 0) > bytes) throw new HttpError('body_too_large');
  let timer: NodeJS.Timeout | undefined;
  const text = new Promise<string>((resolve, reject) => {
    // One string that grows, and not a list of pieces: a body may come in as many pieces as it has bytes.
    let read = '';
    function refuse(error: HttpError): void {
      req.off('data', keep).pause();
      reject(error);
    }
    function keep(piece: string): void {
      read += piece;
      // No character is shorter than a byte.
      if (read.length > bytes) refuse(new HttpError('body_too_large'));
    }
    // The rest of a body that came too slowly would come as slowly: the connection ends.
    const cut = () => refuse(new HttpError('body_too_slow', { headers: { Connection: 'close' } }));
    if (withinMs !== undefined) timer = setTimeout(cut, withinMs);
    req.setEncoding('utf8').on('data', keep);
    req.once('end', () => resolve(read));
    req.once('close', () =>
      reject(new HttpError('bad_request', { detail: 'the client closed the connection' })),
    );
  });
  return text.finally(() => clearTimeout(timer));
}
