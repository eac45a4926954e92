import { HttpError } from '@latchkey/http';
import type { Handler } from './locals.ts';
import { readText } from './read-text.ts';

/**
 * Reads a small body of JSON into `req.body`.
 *
 * @throws HttpError `body_too_large`, `bad_request`
 */
export function json({ bytes }: { readonly bytes: number }): Handler {
  return async function readJson(req, _res, next) {
    const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1);
    if (type.trim().toLowerCase() !== 'application/json') {
      throw new HttpError('bad_request', { detail: 'the body is not called application/json' });
    }
    req.body = parsed(await readText(req, bytes));
    next();
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError('bad_request', { detail: 'the body is no JSON' });
  }
}
