import { isAboutToken, isByRule, isTransient, nameOf } from '@latchkey/access';
import type { Authorized } from '@latchkey/admission';
import type { KnownSession } from '../authn/session-state.ts';
import { noteFlaw } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { policyOf } from './policy-of.ts';
import { refuseWithError } from './refuse-with-error.ts';

/**
 * Refuses a caller as a program, which gets an answer and is not sent anywhere. A server in front sends people to the sign-in
 * for 401 (nginx: `error_page 401`), so a person who is signed in and may not pass would go round in circles.
 */
export function refuseWithoutRedirect(
  exchange: Exchange,
  { identified, decision }: Authorized<KnownSession>,
): void {
  const { reason, rule = '', written } = decision;
  if (isTransient(reason)) return refuseWithError(exchange, 'session_unverified', { reason });
  const name = nameOf(identified.principal) ?? '';
  const caller = identified.kind === 'machine' ? { caller: name } : { email: name };
  // A rule that hides that there is something is named to nobody. The status stays: nginx takes 404 here for a fault.
  const extra = written?.status === 404 ? caller : { ...caller, rule, ...policyOf(decision) };
  if (isByRule(reason)) return refuseWithError(exchange, 'request_denied', { reason, extra });
  if (identified.kind === 'visitor') {
    noteFlaw(exchange, identified);
    return refuseWithError(exchange, isAboutToken(reason) ? 'invalid_token' : 'not_signed_in', { reason });
  }
  return refuseWithError(exchange, reason === 'scope_missing' ? 'insufficient_scope' : 'access_denied', {
    reason,
    extra,
  });
}
