import { isTransient } from '@latchkey/access';
import {
  counterOf,
  countedMethod,
  currentSpan,
  gaugeOf,
  gaugeOfEach,
  histogramOf,
  statusCategory,
} from '@latchkey/telemetry';
import type { Registry } from 'prom-client';

import { mismatchKinds } from '../handshake/compare.ts';
import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from './events.ts';
import { isRefused } from './request-record.ts';
import type { Levels } from './levels.ts';
import { proxyPrometheus } from './names.ts';

type RequestEvent = Extract<ProxyEvent, { kind: 'request' }>;

// Up to a minute by default, and up to three hours more while auth cannot be asked.
const ageBuckets = [15, 30, 60, 75, 300, 1_800, 10_800];

/** Counts for Prometheus. */
export function prometheusListener(registry: Registry, levels: Levels): Emit<ProxyEvent> {
  const requests = histogramOf(registry, proxyPrometheus, 'latchkey_request_duration_seconds');
  const overhead = histogramOf(registry, proxyPrometheus, 'latchkey_request_overhead_seconds');
  const ages = histogramOf(registry, proxyPrometheus, 'latchkey_session_age_seconds', ageBuckets);
  const inGrace = counterOf(registry, proxyPrometheus, 'latchkey_requests_in_grace_total');
  const denials = counterOf(registry, proxyPrometheus, 'latchkey_denials_total');
  const unauthenticated = counterOf(registry, proxyPrometheus, 'latchkey_unauthenticated_total');
  const errors = counterOf(registry, proxyPrometheus, 'latchkey_errors_total');
  const checks = histogramOf(registry, proxyPrometheus, 'latchkey_session_check_duration_seconds');
  const shared = counterOf(registry, proxyPrometheus, 'latchkey_session_checks_shared_total');
  const grace = counterOf(registry, proxyPrometheus, 'latchkey_session_grace_total');
  const issuerKeys = counterOf(registry, proxyPrometheus, 'latchkey_issuer_keys_total');
  const stsQuestions = counterOf(registry, proxyPrometheus, 'latchkey_sts_questions_total');
  const workloadTokens = counterOf(registry, proxyPrometheus, 'latchkey_workload_tokens_total');
  const scopesLeftOut = counterOf(registry, proxyPrometheus, 'latchkey_scopes_left_out_total');
  const graceInUse = gaugeOf(registry, proxyPrometheus, 'latchkey_session_grace_in_use');
  const mismatch = gaugeOf(registry, proxyPrometheus, 'latchkey_auth_mismatch');
  const lastUse = gaugeOf(registry, proxyPrometheus, 'latchkey_service_account_last_use_seconds');
  for (const what of mismatchKinds) mismatch.set({ what }, 0);
  const connectorsRefused = counterOf(registry, proxyPrometheus, 'latchkey_connectors_refused_total');
  const spansLost = counterOf(registry, proxyPrometheus, 'latchkey_spans_lost_total');
  gaugeOf(registry, proxyPrometheus, 'latchkey_people_active', levels.people);
  gaugeOf(registry, proxyPrometheus, 'latchkey_websockets_open', levels.webSockets);
  gaugeOfEach(registry, proxyPrometheus, 'latchkey_connector_connections', levels.connectors);

  function countRequest({ record, method, status, ms }: RequestEvent): void {
    const { decision, error } = record;
    const route = routeOf(record);
    const reason = decision?.reason ?? error ?? 'none';
    requests.observe(
      { method: countedMethod(method), status: statusCategory(status), route, reason },
      ms / 1000,
      record.span,
    );
    if (isRefused(record)) denials.inc({ route, reason, policy: decision?.written?.name ?? '' });
    else if (decision?.allow === false && !isTransient(decision.reason))
      unauthenticated.inc({ route, reason });
    if (error !== undefined) errors.inc({ route, error });
  }

  function countAdmitted({ isPublic, ms, session, span }: Extract<ProxyEvent, { kind: 'admitted' }>): void {
    overhead.observe({ public: String(isPublic) }, ms / 1000, span);
    if (session === undefined) return;
    ages.observe({}, session.ageMs / 1000, span);
    if (session.isInGrace) inGrace.inc();
  }

  return function count(event) {
    switch (event.kind) {
      case 'request':
        return countRequest(event);
      case 'admitted':
        return countAdmitted(event);
      case 'question':
        return checks.observe({ outcome: event.outcome }, event.ms / 1000, currentSpan());
      case 'question_shared':
        return shared.inc();
      case 'grace':
        return grace.inc();
      case 'grace_began':
        return graceInUse.set(1);
      case 'grace_over':
        return graceInUse.set(0);
      case 'service_account':
        return lastUse.setToCurrentTime({ account: event.account });
      case 'mismatch_began':
        return mismatch.set({ what: event.mismatch.what }, 1);
      case 'mismatch_over':
        return mismatch.set({ what: event.what }, 0);
      case 'keys_asked':
        return issuerKeys.inc({ issuer: event.issuer, outcome: event.outcome });
      case 'sts_asked':
        return stsQuestions.inc({ outcome: event.outcome });
      case 'workload_token':
        return workloadTokens.inc({ outcome: event.outcome });
      case 'scopes_left_out':
        return scopesLeftOut.inc(event.scopes);
      case 'connector_refused':
        return connectorsRefused.inc({ reason: event.reason });
      case 'spans_lost':
        return spansLost.inc(event.spans);
      case 'tunnel_opened':
      case 'tunnel_closed':
      case 'ssh_certificate':
      case 'tcp_opened':
      case 'tcp_ended':
      case 'cut':
        return undefined;
    }
  };
}

function routeOf({ isHealthCheck, route }: RequestEvent['record']): string {
  if (isHealthCheck) return '_healthcheck';
  return route?.id ?? '_unknown';
}
