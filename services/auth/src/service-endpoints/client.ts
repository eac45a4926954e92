import { givenRequestId, HttpError } from '@latchkey/http';
import type { RateLimit } from '@latchkey/http';
import type { ClientSettings } from '@latchkey/settings';
import { under } from '@latchkey/telemetry';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Handler } from '../web/locals.ts';

type Credentials = { readonly id: string; readonly secret: string };

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

// Each part is form-encoded before the two are joined, which keeps a colon in the id from splitting it.
function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^basic +(?<encoded>[A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.groups?.['encoded'];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { id: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function isSame(shown: string, expected: string): boolean {
  const [one, other] = [shown, expected].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
