import type { Principal } from '@latchkey/access';
import { errors } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';
import type { Bearer } from '@latchkey/upstreams';
import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange } from '../exchange.ts';
import { recordOf } from '../exchange.ts';

// RFC 9110, section 15.5.2. Browsers know no such scheme, so none of them asks for a password.
const cookie = 'Cookie realm="Latchkey"';

// RFC 7617. Of programs that showed their secret so, and no browser does that by itself.
const basic = 'Basic realm="Latchkey"';

/** What a refusal asks for in `WWW-Authenticate`: a session, or a token where the route takes one (RFC 6750, section 3). */
export function challengeFor(code: ErrorCode, exchange: Exchange): string | undefined {
  const { route, principal } = recordOf(exchange);
  // RFC 6749, section 5.2: the field matches "the authentication scheme used by the client".
  if (code === 'invalid_client' && isBasic(exchange.req.headers)) return basic;
  const bearer = route?.bearer;
  if (bearer === undefined) return errors[code].status === 401 ? cookie : undefined;
  // RFC 9728, section 5.1.
  const help =
    exchange.resourceMetadata === undefined ? {} : { resource_metadata: exchange.resourceMetadata };
  if (code === 'insufficient_scope') {
    return challenge({ error: code, scope: scopesFor(bearer, principal), ...help });
  }
  if (code === 'invalid_token') return challenge({ error: code, ...help });
  // Section 3.1: "If the request lacks any authentication information […], the resource server SHOULD NOT include an error code".
  return errors[code].status === 401 ? challenge(help) : undefined;
}

function isBasic({ authorization = '' }: IncomingHttpHeaders): boolean {
  return /^basic(?: |$)/i.test(authorization);
}

// Nothing in the values has to be escaped: they are words and addresses of ours, and scopes have no quotes.
function challenge(parameters: Readonly<Record<string, string>>): string {
  const all = Object.entries({ realm: 'Latchkey', ...parameters });
  return `Bearer ${all.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

// What all callers need, and where that is there already, what lets in.
function scopesFor({ requiredScopes, scopes }: Bearer, principal: Principal | undefined): string {
  const held = principal?.kind === 'visitor' ? [] : (principal?.scopes ?? []);
  const isMet = requiredScopes.every((scope) => held.includes(scope));
  return [...new Set(isMet ? [...requiredScopes, ...scopes] : requiredScopes)].join(' ');
}
