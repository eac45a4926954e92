import { challenge, isOperator } from '@latchkey/admin';
import { HttpError } from '@latchkey/http';
import type { RateLimit } from '@latchkey/http';
import type { SecretList } from '@latchkey/settings';
import type { Handler } from '../web/locals.ts';

/**
 * Lets only operators pass, before a byte of a body is read. Their secret is their own: a proxy that was taken over has another
 * one, and cannot list people. Tries of strangers are counted.
 *
 * @throws HttpError `operator_refused`, `too_many_requests`
 */
export function requireOperator(secrets: SecretList, limit: RateLimit): Handler {
  return async function refuseOthers(req, res, next) {
    if (isOperator(req.headers.authorization, secrets)) return next();
    await limit(req, res.locals.line.client ?? '');
    throw new HttpError('operator_refused', { headers: challenge });
  };
}
