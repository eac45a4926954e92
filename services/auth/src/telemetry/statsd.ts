import { countedMethod, statusCategory } from '@latchkey/telemetry';
import type { ErrorCode } from '@latchkey/contract';
import type { Emit, Statsd } from '@latchkey/telemetry';
import type { Action } from '../web/routing.ts';
import type { AuthEvent } from './events.ts';
import type { AuthStatsdName } from './names.ts';

type EventOf<Kind extends AuthEvent['kind']> = Extract<AuthEvent, { kind: Kind }>;
type ProblemKey = `${Action} ${ErrorCode | undefined}`;
type Problem = { readonly name: AuthStatsdName; readonly action: string; readonly error: string };

// A route that is a pattern makes an application's host out of whatever somebody thinks of, and the proxy signs it.
const namedApplications = 1_000;

/** Counts for StatsD, under BuzzFeed SSO's names. */
export function statsdListener(statsd: Statsd<AuthStatsdName>): Emit<AuthEvent> {
  const applications = new Set<string>();

  function proxyHost(application: string | undefined): string {
    if (application === undefined) return 'unknown';
    if (applications.size < namedApplications) applications.add(application);
    return applications.has(application) ? application : 'other';
  }

  function countRequest({ locals, action, ms }: EventOf<'request'>): void {
    const { line, failed } = locals;
    // BuzzFeed SSO's callback did not say which application it led to.
    const host = { proxy_host: proxyHost(action === 'callback' ? undefined : line.application) };
    statsd.timing('request.duration', ms, {
      method: countedMethod(line.method),
      status_code: line.status,
      status_category: statusCategory(line.status),
      ...host,
      action: names.get(action) ?? action,
    });
    const problem = problems.get(
      `${action} ${locals.lacksGroups === true ? 'provider_unavailable' : failed}`,
    );
    if (problem === undefined) return;
    const { name, error } = problem;
    statsd.count(name, { action: problem.action, ...(action === 'sign_in' && host), error });
  }

  function countCall({ asked: { action, provider }, status, failure, ms }: EventOf<'call'>): void {
    const tags = { action, provider };
    statsd.count('provider.request', tags);
    if (failure !== undefined) statsd.count('provider.internal_error', { ...tags, error: failure });
    if (status === undefined) return;
    const answered = { ...tags, status_code: status };
    statsd.timing('provider.latency', ms, answered);
    statsd.count('provider.response', answered);
    if (status !== 200) statsd.count('provider.error', answered);
  }

  function countQuestion({ asked: { action, provider }, outcome }: EventOf<'question'>): void {
    if (action === 'refresh' && outcome === 'refused') {
      statsd.count('provider.token_revoked', { action, provider });
      statsd.count('provider_error', { action: 'validate', error: 'invalid_access_token' });
    }
    if (action === 'revoke' && outcome !== 'answered') {
      statsd.count('provider_error', { action: 'sign_out', error: 'revoke_session' });
    }
  }

  return function count(event) {
    switch (event.kind) {
      case 'request':
        return countRequest(event);
      case 'sign_in':
        return statsd.count('sign_in', { provider: event.provider, outcome: event.outcome });
      case 'sign_out':
        return statsd.count('sign_out', {});
      case 'provider_sign_out':
        return statsd.count('provider.sign_out', { provider: event.provider, outcome: event.outcome });
      case 'tokens':
        return statsd.count('program_tokens', { grant: event.grant, outcome: event.outcome });
      case 'call':
        return countCall(event);
      case 'question':
        return countQuestion(event);
      case 'group_lookup':
        return statsd.count('provider.groupcache', {
          action: 'ValidateGroupMembership',
          cache: event.isHit ? 'hit' : 'miss',
        });
      case 'group_unanswered':
        return statsd.count('groups_cache.error', { group: event.group, error: 'provider_unavailable' });
      case 'roster':
        return statsd.count('provider.roster', { provider: event.provider, outcome: event.outcome });
      case 'backoff':
        return statsd.timing('provider.backoff', event.ms, {});
      case 'store':
        return statsd.gauge('store.up', event.isAway ? 0 : 1, {});
      case 'refresh_shared':
      case 'spans_lost':
        return statsd.count('provider.singleflight', { endpoint: 'RefreshAccessToken' });
      case 'operator':
      case 'handed_over':
      case 'session_ended':
      case 'tokens_ended':
        return undefined;
    }
  };
}

// What BuzzFeed SSO called the same; its proxy asked three questions where ours has one.
const names: ReadonlyMap<Action, string> = new Map([
  ['home', 'unknown'],
  ['introspect', 'validate'],
  ['token', 'redeem'],
]);

const application = 'application_error';
const provider = 'provider_error';
const problems: ReadonlyMap<ProblemKey, Problem> = new Map<ProblemKey, Problem>([
  ['sign_in return_address_refused', problem(application, 'sign_in', 'invalid_redirect_parameter')],
  ['sign_in provider_failed', problem(application, 'sign_in', 'sign_in_error')],
  ['sign_in provider_timeout', problem(application, 'sign_in', 'sign_in_error')],
  ['sign_in provider_unavailable', problem(application, 'sign_in', 'sign_in_error')],
  ['start return_address_refused', problem(application, 'start', 'invalid_redirect_parameter')],
  ['callback attempt_unknown', problem(application, 'callback', 'missing_csrf_cookie')],
  ['callback account_refused', problem(application, 'callback', 'invalid_email')],
  ['callback provider_refused', problem(provider, 'callback', 'error_in_callback')],
  ['callback provider_failed', problem(provider, 'callback', 'redeem_code')],
  ['callback provider_timeout', problem(provider, 'callback', 'redeem_code')],
  ['callback provider_unavailable', problem(provider, 'callback', 'redeem_code')],
  ['callback email_unverified', problem(provider, 'callback', 'redeem_code')],
  ['introspect client_refused', problem(application, 'validate', 'invalid_client_secret')],
  ['introspect provider_unavailable', problem(provider, 'profile', 'groups_resource')],
  ['token client_refused', problem(application, 'redeem', 'invalid_client_secret')],
  ['token invalid_grant', problem(application, 'redeem', 'invalid_auth_code')],
]);

function problem(name: AuthStatsdName, action: string, error: string): Problem {
  return { name, action, error };
}
