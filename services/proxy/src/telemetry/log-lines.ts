import { nameOf } from '@latchkey/access';
import type { Machine, Person } from '@latchkey/access';
import { healthPath } from '@latchkey/contract';
import { isFailure, jsonText, lineWriter, requestLevel } from '@latchkey/telemetry';
import type { Emit, RequestLine } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import type { ProxyEvent } from './events.ts';
import { isRefused } from './request-record.ts';

type RequestEvent = Extract<ProxyEvent, { kind: 'request' }>;

/**
 * Writes one line for each request, one for the end of a TCP connection, and one for a WebSocket or an answer that had to be cut.
 *
 * @param which `errors`: only for what was cut, or failed and leaves no audit line
 */
export function requestLines(log: Logger, which: 'all' | 'errors'): Emit<ProxyEvent> {
  const writeLine = lineWriter(log, 'request');
  return function writeRequest(event) {
    if (event.kind === 'cut') log.info(cutLine(event), `${event.what} cut`);
    if (event.kind === 'tcp_ended') log.info(endLine(event), 'connection ended');
    if (event.kind !== 'request') return;
    const { record } = event;
    const { error, isHealthCheck } = record;
    if (which === 'errors' && (!isFailure(error) || isRefused(record))) return;
    writeLine(requestLevel(error, isHealthCheck), fieldsOf(event));
  };
}

/** Writes a line when sessions begin to go on without auth, and one when auth is back; not one for each session. */
export function graceLines(log: Logger): Emit<ProxyEvent> {
  return function writeGrace(event) {
    if (event.kind === 'grace_began') {
      const { detail } = event;
      log.error(
        { alarm: 'grace', detail },
        'auth cannot be reached: sessions stay valid for their grace period',
      );
    }
    if (event.kind === 'grace_over') {
      const seconds = Math.round(event.ms / 1000);
      log.warn({ alarm: 'grace over', seconds }, 'auth answers again: no session uses its grace period');
    }
  };
}

/** Writes a line when it is found that auth goes by something else than we do, and one when it does so no longer. */
export function mismatchLines(log: Logger): Emit<ProxyEvent> {
  return function writeMismatch(event) {
    if (event.kind === 'mismatch_began') {
      const { what, sentence } = event.mismatch;
      log.error({ alarm: 'mismatch', what, ready: event.isReady }, sentence);
    }
    if (event.kind === 'mismatch_over') {
      log.warn({ alarm: 'mismatch over', what: event.what }, 'the proxy and auth agree about this again');
    }
  };
}

/**
 * Writes one more line when a person is refused: who, where, and by which rule. It does not depend on request lines being
 * on. That somebody has to sign in first is no refusal.
 */
export function auditLines(log: Logger): Emit<ProxyEvent> {
  return function writeAudit(event) {
    if (event.kind !== 'request' || !isRefused(event.record)) return;
    const { id, request, route, decision, principal } = event.record;
    const line = {
      audit: 'denied',
      id,
      user: principal && nameOf(principal),
      route: route?.id,
      host: request?.host,
      path: request?.rawPath,
      client: request?.client,
      reason: decision?.reason,
      rule: decision?.rule,
      policy: decision?.written?.name,
    };
    log.warn(line, 'denied');
  };
}

function cutLine({ record, reason, detail, ms }: Extract<ProxyEvent, { kind: 'cut' }>): object {
  const { id, request, route, principal } = record;
  const seconds = Math.round(ms / 1000);
  const from = { host: request?.host, path: request?.rawPath, client: request?.client };
  return { id, user: principal && nameOf(principal), route: route?.id, ...from, reason, detail, seconds };
}

function endLine({
  record,
  ending,
  ms,
  bytesTo,
  bytesFrom,
}: Extract<ProxyEvent, { kind: 'tcp_ended' }>): object {
  const { id, request, route, principal } = record;
  const user = principal && nameOf(principal);
  const about = { id, user, route: route?.id, host: request?.host, client: request?.client };
  return { ...about, ending, seconds: Math.round(ms / 1000), bytes_to: bytesTo, bytes_from: bytesFrom };
}

function fieldsOf({ record, method, status, ms }: RequestEvent): string {
  const { id, span, amznTraceId, request, route, decision, principal, error, detail } = record;
  let fields = `${field('id', id)}${field('method', method)},"status":${status},"duration":${Math.round(ms * 10) / 10}`;
  if (span !== undefined) fields += field('trace_id', span.traceId);
  if (amznTraceId !== undefined) fields += field('amzn_trace_id', amznTraceId);
  if (record.isHealthCheck === true) fields += field('path', healthPath);
  if (record.isQuestion === true) fields += ',"question":true';
  if (request !== undefined) {
    fields += field('host', request.host) + field('path', request.rawPath) + field('client', request.client);
  }
  if (route !== undefined) fields += field('route', route.id);
  if (decision !== undefined) fields += field('reason', decision.reason);
  if (decision?.written !== undefined) fields += field('policy', decision.written.name);
  const user = principal && nameOf(principal);
  if (user !== undefined) fields += field('user', user);
  if (principal !== undefined && principal.kind !== 'visitor') fields += tokenFields(principal);
  if (error !== undefined) fields += field('error', error);
  if (detail !== undefined) fields += field('detail', detail);
  return fields;
}

// A browser has neither.
function tokenFields({ client, scopes }: Person | Machine): string {
  return (
    (client === undefined ? '' : field('client_id', client)) +
    (scopes === undefined ? '' : field('scope', scopes.join(' ')))
  );
}

function field(name: keyof RequestLine, value: string): string {
  return `,"${name}":${jsonText(value)}`;
}
