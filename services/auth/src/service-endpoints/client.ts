import { basicCredentials, givenRequestId, HttpError } from '@latchkey/http';
import type { RateLimit } from '@latchkey/http';
import type { ClientSettings } from '@latchkey/settings';
import { under } from '@latchkey/telemetry';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Handler } from '../web/locals.ts';

/**
 * Lets only our client pass, without any limit; tries of others are counted. The `Authorization` header decides: it has
 * come when not one byte of a body has, so that a stranger gives us nothing to read. Basic is the one way that every
 * server of RFC 6749 has (section 2.3.1).
 *
 * From here on the request has the id that the client gave it, and is part of its trace.
 *
 * @throws HttpError `client_refused`, `too_many_requests`
 */
export function requireClient(client: ClientSettings, limit: RateLimit): Handler {
  return async function refuseStrangers(req, res, next) {
    if (isClient(req.headers, client)) {
      // What both do about one request has one id.
      const { locals } = res;
      locals.line.id = givenRequestId(req.headers) ?? locals.line.id;
      locals.span = locals.span?.joined(req.headers);
      return under(locals.span, next);
    }
    await limit(req, res.locals.line.client ?? '');
    throw new HttpError('client_refused', { headers: { 'WWW-Authenticate': 'Basic realm="latchkey"' } });
  };
}

function isClient({ authorization }: IncomingHttpHeaders, client: ClientSettings): boolean {
  const shown = basicCredentials(authorization);
  if (shown === undefined) return false;
  // All are compared always, in constant time: how long it takes says nothing about any.
  const isId = isSame(shown.id, client.id);
  const areSecrets = client.secrets.map((secret) => isSame(shown.secret, secret));
  return isId && areSecrets.includes(true);
}

function isSame(shown: string, expected: string): boolean {
  const [one, other] = [shown, expected].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
