import { auditedSession } from '@latchkey/contract';
import type { AuditEntry } from '@latchkey/contract';
import { endingOf } from '@latchkey/telemetry';
import type { ProxyEvent } from './events.ts';
import { isRefused } from './request-record.ts';
import type { RequestRecord } from './request-record.ts';

/** What of an event belongs into the audit log. A request that is let in is none of it. */
export function auditOf(event: ProxyEvent): readonly AuditEntry[] {
  if (event.kind === 'request' && isRefused(event.record)) {
    const { decision } = event.record;
    const { reason, rule, written } = decision ?? {};
    const why = { outcome: 'refused', reason, rule, ...(written && { policy: written.name }) } as const;
    return [{ event: 'access_refused', ...why, ...aboutRequest(event.record) }];
  }
  if (event.kind === 'cut' && event.reason !== undefined) {
    const { reason, what } = event;
    return [{ event: 'access_cut', reason, what, ...aboutRequest(event.record) }];
  }
  if (event.kind === 'workload_token') {
    const { outcome, grant, scopes } = event;
    const { route: _route, ...about } = aboutRequest(event.record);
    const what = { grant, ...(scopes && { scopes: [...scopes] }) };
    return [{ event: 'workload_token', ...endingOf(outcome), ...what, ...about }];
  }
  if (event.kind === 'ssh_certificate') {
    const { outcome, certified } = event;
    const what = certified && { principals: [...certified.principals], key_id: certified.keyId };
    return [{ event: 'ssh_certificate', ...endingOf(outcome), ...what, ...aboutRequest(event.record) }];
  }
  if (event.kind === 'tcp_opened') return [{ event: 'connection_opened', ...aboutRequest(event.record) }];
  if (event.kind === 'tcp_ended') {
    const { ending, bytesTo: bytes_to, bytesFrom: bytes_from, ms } = event;
    const what = { why: ending, seconds: Math.round(ms / 1000), bytes_to, bytes_from };
    return [{ event: 'connection_ended', ...what, ...aboutRequest(event.record) }];
  }
  return [];
}

function aboutRequest({ id, request, route, principal, session }: RequestRecord) {
  return {
    ...(principal && { principal: principalOf(principal, session) }),
    host: request?.host,
    route: route?.id,
    client: request?.client,
    request: id,
  };
}

function principalOf(
  principal: NonNullable<RequestRecord['principal']>,
  session: RequestRecord['session'],
): { [name: string]: string | undefined } {
  if (principal.kind === 'machine') return { machine: principal.name };
  if (session === undefined) return { email: principal.email };
  const { sub, email, idp, sid } = session;
  return { sub, email, idp, session: auditedSession(sid) };
}
