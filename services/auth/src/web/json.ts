import { readJson } from '@latchkey/http';
import type { Handler } from './locals.ts';

/**
 * Reads a small body of JSON into `req.body`.
 *
 * @throws HttpError `body_too_large`, `bad_request`
 */
export function json({ bytes }: { readonly bytes: number }): Handler {
  return async function readBody(req, _res, next) {
    req.body = await readJson(req, bytes);
    next();
  };
}
