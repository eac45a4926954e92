import { HttpError } from '@latchkey/http';
import type { RateLimit } from '@latchkey/http';
import { isSameText } from '@latchkey/session';
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
    const shown = /^bearer +(?<secret>[\x21-\x7e]+)$/i.exec(req.headers.authorization ?? '')?.groups?.[
      'secret'
    ];
    // All are compared always: how long it takes says nothing about any.
    const areSame = secrets.map((secret) => isSameText(shown ?? '', secret));
    if (areSame.includes(true)) return next();
    await limit(req, res.locals.line.client ?? '');
    const headers = { 'WWW-Authenticate': 'Bearer realm="latchkey operators"' };
    throw new HttpError('operator_refused', { headers });
  };
}
