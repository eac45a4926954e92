import { errors, healthPath, revocationsPath } from '@latchkey/contract';
import type { ErrorLevel } from '@latchkey/contract';
import type { Logger } from 'pino';
import type { Emit } from '@latchkey/telemetry';
import type { Locals } from '../web/locals.ts';
import type { AuthEvent } from './events.ts';

/**
 * Writes one line for each request.
 *
 * @param which `errors`: only for those that were answered with an error and leave no audit line
 */
export function requestLines(log: Logger, which: 'all' | 'errors'): Emit<AuthEvent> {
  return function writeLine(event) {
    if (event.kind !== 'request') return;
    const { locals } = event;
    if (which === 'errors' && (locals.failed === undefined || isRefused(locals))) return;
    log[levelOf(locals)](locals.line, 'request');
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

function levelOf({ line, failed }: Locals): ErrorLevel | 'debug' {
  // Health checks come every few seconds from every side.
  if (line.path === healthPath) return 'debug';
  if (failed !== undefined) return errors[failed].level;
  return line.path === revocationsPath ? 'debug' : 'info';
}
