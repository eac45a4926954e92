import { contractVersion, readIntrospectionForm, readTokenForm } from '@latchkey/contract';
import type { HandshakeFacts, TokenResponse } from '@latchkey/contract';
import { HttpError, replyJson } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { Refresher } from '../lifecycle/refresh.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import { introspect } from './introspect.ts';
import type { Introspecting } from './introspect.ts';
import { redeem } from './redeem.ts';
import type { Redeeming } from './redeem.ts';

/**
 * `POST /oauth2/token` (RFC 6749, section 4.1.3): the proxy redeems the code that a browser brought, for a session of the
 * browser's host.
 */
export function tokenEndpoint(
  parts: Redeeming & { readonly emit: Emit<AuthEvent>; readonly mustRefuse: () => boolean },
): Handler {
  return async function answerToken(req, res) {
    const { line } = res.locals;
    const shown = readTokenForm(formParameters(req.body));
    if (shown === undefined) {
      throw new HttpError('bad_request', { detail: 'grant_type is not authorization_code' });
    }
    if (parts.mustRefuse()) throw new HttpError('audit_unavailable');
    const redeemed = await redeem(shown, parts);
    if ('refusal' in redeemed) {
      parts.emit({ kind: 'handed_over', outcome: 'invalid_grant', line });
      throw new HttpError('invalid_grant', { detail: redeemed.refusal });
    }
    const { session, token } = redeemed;
    line.user = session.email;
    parts.emit({ kind: 'handed_over', outcome: 'done', whose: session, host: session.aud, line });
    const expiresIn = session.exp - Math.floor(parts.now() / 1000);
    const answer: TokenResponse = { access_token: token, token_type: 'Bearer', expires_in: expiresIn };
    replyJson(res, 200, answer);
  };
}

/** `POST /oauth2/introspect` (RFC 7662): the proxy asks whether a session still stands. */
export function introspection(parts: Introspecting, refresh: Refresher): Handler {
  return async function answerIntrospection(req, res) {
    const asked = readIntrospectionForm(formParameters(req.body));
    if (asked === undefined) throw new HttpError('bad_request', { detail: 'the parameter token is missing' });
    const answer = await introspect(asked, { parts, refresh });
    if (answer.active) {
      const { line } = res.locals;
      line.user = answer.email ?? '';
      const needed = new Set(asked.groups.slice(0, asked.groupsNeeded));
      if (answer.unknown_groups?.some((group) => needed.has(group)) === true) {
        line.detail = 'groups that are needed cannot be looked up at the moment';
        res.locals.lacksGroups = true;
      }
    }
    replyJson(res, 200, answer);
  };
}

/** `POST /oauth2/handshake`: the proxy asks what we go by, to compare. */
export function handshake({
  facts,
  now,
}: {
  facts: Omit<HandshakeFacts, 'contract' | 'now'>;
  now: () => number;
}): Handler {
  return function answerHandshake(_req, res) {
    const answer: HandshakeFacts = { contract: contractVersion, ...facts, now: now() };
    replyJson(res, 200, answer);
  };
}
