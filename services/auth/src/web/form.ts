import { readText } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import type { Handler } from './locals.ts';
import { refuseMany } from './parameters.ts';

/** How much a form may hold. */
export type FormLimits = { readonly bytes: number; readonly pairs: number };

/**
 * Reads the text of a form into `req.body`; a body of another kind is left where it is.
 *
 * @throws HttpError `body_too_large`, `bad_request`
 */
export function form({ bytes, pairs }: FormLimits): Handler {
  return async function readForm(req, _res, next) {
    if (!isForm(req)) return next();
    const text = await readText(req, bytes);
    refuseMany(text, pairs);
    req.body = text;
    return next();
  };
}

function isForm({ headers }: IncomingMessage): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  return type.trim().toLowerCase() === 'application/x-www-form-urlencoded';
}
