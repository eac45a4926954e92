import { ownEndpointAt } from '@latchkey/contract';
import { countedMethod, statusCategory } from '@latchkey/telemetry';
import type { ErrorCode } from '@latchkey/contract';
import type { Emit, Statsd } from '@latchkey/telemetry';
import type { ProxyEvent } from './events.ts';
import type { UpstreamState } from '../upstream-file/status.ts';
import type { Levels } from './levels.ts';
import { ageOf } from './metrics.ts';
import type { ProxyStatsdName } from './names.ts';

type RequestEvent = Extract<ProxyEvent, { kind: 'request' }>;
type Problem = {
  readonly name: ProxyStatsdName;
  readonly tags: Readonly<Record<string, string>>;
};

const gaugesEveryMs = 30_000;

/** Counts for StatsD, under BuzzFeed SSO's names. */
export function statsdListener(statsd: Statsd<ProxyStatsdName>): Emit<ProxyEvent> {
  return function count(event) {
    switch (event.kind) {
      case 'request': {
        statsd.timing('request.duration', event.ms, requestTags(event));
        const problem = problemOf(event);
        if (problem !== undefined) statsd.count(problem.name, problem.tags);
        return;
      }
      case 'admitted':
        statsd.timing('request_overhead', event.ms, { action: 'proxy', auth_type: authType(event.isPublic) });
        return;
      case 'question_shared':
        statsd.count('provider.singleflight', { endpoint: 'ValidateSessionState' });
        return;
      case 'grace':
        statsd.count('provider_error_fallback', { action: 'validate_session', error: 'validation_failed' });
        statsd.gauge('session.grace_in_use', 1, {});
        return;
      case 'grace_over':
        statsd.gauge('session.grace_in_use', 0, {});
        return;
      case 'mismatch_began':
        statsd.gauge('auth.mismatch', 1, { what: event.mismatch.what });
        return;
      case 'mismatch_over':
        statsd.gauge('auth.mismatch', 0, { what: event.what });
        return;
      case 'connector_refused':
        statsd.count('connector.refused', { reason: event.reason });
        return;
      case 'grace_began':
      case 'question':
      case 'tunnel_opened':
      case 'tunnel_closed':
      case 'ssh_certificate':
      case 'tcp_opened':
      case 'tcp_ended':
      case 'cut':
      case 'spans_lost':
      case 'service_account':
      case 'keys_asked':
      case 'sts_asked':
      case 'workload_token':
      case 'scopes_left_out':
    }
  };
}

/** Sends how much there is of something, the memory in use among it: now and every 30 s. Ends with the process. */
export function sendGauges(
  statsd: Pick<Statsd<ProxyStatsdName>, 'gauge'>,
  levels: Levels,
  upstream?: () => UpstreamState,
): () => void {
  function sendUpstream(state: UpstreamState): void {
    statsd.gauge('upstream.file_valid', state.trouble === undefined ? 1 : 0, {});
    const age = ageOf(state);
    if (age !== undefined) statsd.gauge('upstream.file_age', age, { sha256: state.inForce.sha256 });
  }
  function send(): void {
    const { heapUsed, heapTotal, rss } = process.memoryUsage();
    statsd.gauge('mem.alloc', heapUsed, {});
    statsd.gauge('mem.sys', rss, {});
    statsd.gauge('mem.heap.alloc', heapUsed, {});
    statsd.gauge('mem.heap.sys', heapTotal, {});
    statsd.gauge('people.active', levels.people(), {});
    statsd.gauge('websockets.open', levels.webSockets(), {});
    for (const [connector, count] of levels.connectors()) {
      statsd.gauge('connector.connections', count, { connector });
    }
    if (upstream !== undefined) sendUpstream(upstream());
  }
  send();
  const timer = setInterval(send, gaugesEveryMs).unref();
  return () => clearInterval(timer);
}

function actionOf({ record: { request, isHealthCheck, isQuestion } }: RequestEvent): string {
  if (isHealthCheck) return 'ping';
  if (isQuestion) return 'auth';
  const path = request?.rawPath ?? '';
  return path === '/favicon.ico' ? 'favicon' : (ownEndpointAt(path)?.action ?? 'proxy');
}

function requestTags(event: RequestEvent) {
  const { record, method, status } = event;
  return {
    method: countedMethod(method),
    status_code: status,
    status_category: statusCategory(status),
    action: actionOf(event),
    proxy_host: proxyHost(record),
  };
}

// What the file says, never what the caller wrote: a pattern of hosts has as many hosts as somebody thinks of.
function proxyHost({ isHealthCheck, route }: RequestEvent['record']): string {
  if (isHealthCheck) return '_healthcheck';
  return route?.host ?? route?.id ?? '_unknown';
}

function authType(isPublic: boolean): string {
  return isPublic ? 'whitelisted' : 'authenticated';
}

// BuzzFeed SSO counted some of its refusals and errors, each where it happened.
function problemOf(event: RequestEvent): Problem | undefined {
  const { decision, error } = event.record;
  const action = actionOf(event);
  if (error === undefined) return undefined;
  if (action === 'callback') return callbackProblems.get(error);
  if (action === 'auth') {
    return { name: 'application_error', tags: { action, error: 'unauthorized_request' } };
  }
  const name = proxyProblems.get(error);
  if (action !== 'proxy' || name === undefined) return undefined;
  const isPublic = decision?.reason === 'public_path' || decision?.reason === 'preflight';
  return { name: 'application_error', tags: { action, auth_type: authType(isPublic), error: name } };
}

const proxyProblems: ReadonlyMap<ErrorCode, string> = new Map([
  ['access_denied', 'user_unauthorized'],
  ['request_denied', 'user_unauthorized'],
  ['session_unverified', 'internal_error'],
  ['internal_error', 'internal_error'],
]);

const callbackProblems: ReadonlyMap<ErrorCode, Problem> = new Map([
  ['attempt_unknown', callbackProblem('application_error', 'csrf_cookie_error')],
  ['sign_in_unavailable', callbackProblem('provider_error', 'redeem_code_error')],
  ['internal_error', callbackProblem('application_error', 'internal_error')],
]);

function callbackProblem(name: ProxyStatsdName, error: string): Problem {
  return { name, tags: { action: 'callback', error } };
}
