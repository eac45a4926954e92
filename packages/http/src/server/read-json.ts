import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http-error.ts';
import { readText } from './read-text.ts';

/**
 * Reads a small body of JSON.
 *
 * @throws HttpError `body_too_large`, `bad_request`
 */
export async function readJson(req: IncomingMessage, bytes: number): Promise<unknown> {
  const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1);
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new HttpError('bad_request', { detail: 'the body is not called application/json' });
  }
  const text = await readText(req, bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError('bad_request', { detail: 'the body is no JSON' });
  }
}
