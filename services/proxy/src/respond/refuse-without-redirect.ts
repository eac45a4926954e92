import { isTransient, nameOf } from '@latchkey/access';
import type { Authorized } from '@latchkey/admission';
import type { KnownSession } from '../authn/session-state.ts';
import type { Exchange } from '../exchange.ts';
import { refuseWithError } from './refuse-with-error.ts';

/**
 * Refuses a caller as a program, which gets an answer and is not sent anywhere. A server in front sends people to the sign-in
 * for 401 (nginx: `error_page 401`), so a person who is signed in and may not pass would go round in circles.
 */
export function refuseWithoutRedirect(
  exchange: Exchange,
  { identified, decision }: Authorized<KnownSession>,
): void {
  const { reason, rule = '' } = decision;
  if (isTransient(reason)) return refuseWithError(exchange, 'session_unverified', { reason });
  if (identified.kind === 'visitor') return refuseWithError(exchange, 'not_signed_in', { reason });
  const extra = { email: nameOf(identified.principal) ?? '', rule };
  return refuseWithError(exchange, 'access_denied', { reason, extra });
}
