import { healthPath, revocationsPath } from '@latchkey/contract';
import { isFailure, requestLevel } from '@latchkey/telemetry';
import type { Emit } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import type { Locals } from '../web/locals.ts';
import type { AuthEvent } from './events.ts';

/**
 * Writes one line for each request.
 *
 * @param which `errors`: only for those that failed and leave no audit line
 */
export function requestLines(log: Logger, which: 'all' | 'errors'): Emit<AuthEvent> {
  return function writeLine(event) {
    if (event.kind !== 'request') return;
    const { line, failed } = event.locals;
    if (which === 'errors' && (!isFailure(failed) || isRefused(event.locals))) return;
    // The proxy asks for news all the time.
    const isRoutine = line.path === revocationsPath && failed === undefined;
    log[isRoutine ? 'debug' : requestLevel(failed, line.path === healthPath)](line, 'request');
  };
}

/**
 * Writes one more line when a person is refused: who, on the way to which application, and why. And one for whatever an operator
 * does, and for what ends at a provider's word.
 */
export function auditLines(log: Logger): Emit<AuthEvent> {
  return function writeAudit(event) {
    if (event.kind === 'operator') {
      const { line, action, wish, claim, outcome } = event;
      const { email: user, sid, all } = wish;
      const { id, client } = line;
      log.warn(
        { audit: 'operator', id, client, operator_claim: claim, action, user, sid, all, ...outcome },
        'operator',
      );
      return;
    }
    if (event.kind === 'provider_sign_out' && event.sessions > 0) {
      const { provider, sessions } = event;
      const { id, user, client } = event.line;
      log.info({ audit: 'signed_out', by: 'provider', id, user, provider, sessions, client }, 'signed out');
    }
    if (event.kind !== 'request' || !isRefused(event.locals)) return;
    const { id, user, application, host, path, client, error, detail } = event.locals.line;
    const line = { audit: 'denied', id, user, application, host, path, client, reason: error, detail };
    log.warn(line, 'denied');
  };
}

function isRefused({ failed }: Locals): boolean {
  return failed === 'account_refused' || failed === 'email_unverified';
}
