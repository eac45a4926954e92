import type { PrometheusTable, SentNames, ServiceMetrics, StatsdTable } from '@latchkey/http';

const noBreaker =
  'There is no circuit breaker here: every question has a time limit, and what was true last stands.';
const noCache = 'There is no such cache here: groups come with the claims and are kept with the session.';

/** The names of sso-auth, and what each of them is here. */
export const authStatsd = {
  'request.duration': {
    kind: 'timing',
    tags: ['method', 'status_code', 'status_category', 'proxy_host', 'action'],
    meaning:
      'A request, from its head to the end of its answer. `action` is `robots`, `start`, `sign_in`, `sign_out`, `callback`, `ping`, `validate` for `/oauth2/introspect`, `redeem` for `/oauth2/token`, otherwise `unknown`; there is no `profile`, `refresh` or `static`.',
  },
  application_error: {
    kind: 'count',
    tags: ['action', 'proxy_host', 'error'],
    meaning:
      '`invalid_redirect_parameter`: a return address was refused (`sign_in`, `start`). `sign_in_error`: a sign-in could not begin. `missing_csrf_cookie`: a callback without its attempt. `invalid_email`: an account that may not sign in. `invalid_client_secret`: wrong credentials of a proxy. `invalid_auth_code`: a code that is not redeemed.',
  },
  provider_error: {
    kind: 'count',
    tags: ['action', 'error'],
    meaning:
      '`error_in_callback`, `redeem_code` (both `action:callback`): the provider refused, or gave no usable answer. `invalid_access_token` (`action:validate`): it ended a session. `groups_resource` (`action:profile`): groups could not be had. `revoke_session` (`action:sign_out`): it could not be given its grant back.',
  },
  'provider.request': {
    kind: 'count',
    tags: ['action', 'provider'],
    meaning:
      'A call to a provider. `action` is `redeem`, `refresh`, `revoke`, and `discovery`, which is new; each covers all the calls that it takes. `provider` is the slug.',
  },
  'provider.response': {
    kind: 'count',
    tags: ['action', 'provider', 'status_code'],
    meaning: 'An answer to a call.',
  },
  'provider.latency': {
    kind: 'timing',
    tags: ['action', 'provider', 'status_code'],
    meaning: 'How long an answer took.',
  },
  'provider.error': {
    kind: 'count',
    tags: ['action', 'provider', 'status_code'],
    meaning: 'An answer with another status than 200.',
  },
  'provider.internal_error': {
    kind: 'count',
    tags: ['action', 'provider', 'error'],
    meaning:
      'A call without an answer (`http_client_error`), or with one beyond all bounds (`invalid_body`).',
  },
  'provider.token_revoked': {
    kind: 'count',
    tags: ['action', 'provider'],
    meaning: 'A provider said that a session is over.',
  },
  'provider.singleflight': {
    kind: 'count',
    tags: ['endpoint'],
    meaning:
      'A session that was being refreshed already and was not refreshed twice. Always `endpoint:RefreshAccessToken`.',
  },
  'provider.backoff': { absent: noBreaker },
  'provider.circuit_change': { absent: noBreaker },
  'provider.groupcache': { absent: noCache },
  cache_refresh_loop: { absent: noCache },
  'groups_cache.error': { absent: noCache },
  'localcache.hit': { absent: noCache },
  'localcache.miss': { absent: noCache },
  'localcache.set': { absent: noCache },
  'localcache.purge': { absent: noCache },
} as const satisfies StatsdTable;

/** Those of them that are sent. */
export type AuthStatsdName = SentNames<typeof authStatsd>;

/** What Prometheus reads from auth. */
export const authPrometheus = {
  latchkey_request_duration_seconds: {
    kind: 'histogram',
    labels: ['method', 'status', 'route', 'reason'],
    help: 'Requests. `status` is a category like `2xx`; `route` is what a request is about, like `sign_in` or `introspect`; `reason` is the error, otherwise `none`.',
    statsd: 'request.duration',
  },
  latchkey_provider_question_duration_seconds: {
    kind: 'histogram',
    labels: ['provider', 'action', 'outcome'],
    help: 'Questions to a provider. `action` is `discovery`, `redeem`, `refresh` or `revoke`; `outcome` is `answered`, `refused`, or the error.',
    statsd: 'provider.latency',
  },
  latchkey_refreshes_shared_total: {
    kind: 'counter',
    labels: [],
    help: 'Sessions that were being refreshed already and were not refreshed twice.',
    statsd: 'provider.singleflight',
  },
} as const satisfies PrometheusTable;

/** All of it, for the reference. */
export const authMetrics: ServiceMetrics = {
  service: 'Auth',
  namespace: 'sso_auth.',
  statsd: authStatsd,
  prometheus: authPrometheus,
};
