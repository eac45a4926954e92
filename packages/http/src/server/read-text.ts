import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http-error.ts';

/**
 * Reads the text of a small body.
 *
 * Nothing is inflated: a kilobyte on the wire could be a thousand of them, and no client of ours compresses.
 *
 * @throws HttpError `body_too_large`, `bad_request`
 */
export async function readText(req: IncomingMessage, bytes: number): Promise<string> {
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpError('bad_request', { detail: 'a compressed body' });
  }
  if (Number(req.headers['content-length'] ?? 0) > bytes) throw new HttpError('body_too_large');
  return new Promise((resolve, reject) => {
    // One string that grows, and not a list of pieces: a body may come in as many pieces as it has bytes.
    let text = '';
    req.setEncoding('utf8').on('data', function keep(piece: string) {
      text += piece;
      // No character is shorter than a byte.
      if (text.length <= bytes) return;
      req.off('data', keep).pause();
      reject(new HttpError('body_too_large'));
    });
    req.once('end', () => resolve(text));
    req.once('close', () =>
      reject(new HttpError('bad_request', { detail: 'the client closed the connection' })),
    );
  });
}
