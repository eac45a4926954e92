import { HttpError } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import type { Handler } from './locals.ts';
import { refuseMany } from './parameters.ts';

/** How much a form may hold. */
export type FormLimits = { readonly bytes: number; readonly pairs: number };

/**
 * Reads the text of a form into `req.body`; a body of another kind is left where it is.
 *
 * Nothing is inflated: a kilobyte on the wire could be a thousand of them, and no client of ours compresses.
 *
 * @throws HttpError `body_too_large`, `bad_request`
 */
export function form({ bytes, pairs }: FormLimits): Handler {
  return async function readForm(req, _res, next) {
    if (!isForm(req)) return next();
    if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
      throw new HttpError('bad_request', { detail: 'a compressed form' });
    }
    const text = await read(req, bytes);
    refuseMany(text, pairs);
    req.body = text;
    return next();
  };
}

function isForm({ headers }: IncomingMessage): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  return type.trim().toLowerCase() === 'application/x-www-form-urlencoded';
}

async function read(req: IncomingMessage, bytes: number): Promise<string> {
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
