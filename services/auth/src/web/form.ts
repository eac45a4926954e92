import { isForm, readText } from '@latchkey/http';
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
    if (!isForm(req.headers)) return next();
    const text = await readText(req, bytes);
    refuseMany(text, pairs);
    req.body = text;
    return next();
  };
}
