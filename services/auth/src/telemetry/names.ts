import { auditMetrics, spansLost } from '@latchkey/telemetry';
import type { PrometheusTable, SentNames, ServiceMetrics, StatsdTable } from '@latchkey/telemetry';

const oneCache = 'There is one cache here, and not a second one below it: `provider.groupcache`.';

const signIns =
  'Sign-ins that came back from a provider, by how they ended: `completed`, or the error that the person saw. Going from one application to the next is not a new sign-in.';
const providerSignOuts =
  'Logout tokens (OpenID Connect Back-Channel Logout) that came for a provider. `outcome` is `ended`; `unknown`, if no session here belongs to what they name; or the error.';
const rosters =
  'Lists of who is in a group, by what came of them: `read`, `failed`, or why there is none (`absent`, `everybody`, `refused`, `too_large`, `too_many`), and then a change in the group is seen after `GROUPCACHE_INTERVAL_REFRESH` alone.';
const programTokens =
  'Tokens that programs asked for, by what they have shown for them (`grant`), and what came of it: `done`, or the error.';
const signOuts = 'Sign-outs of browsers, each from all applications.';

/** The names of sso-auth, and what each of them is here. */
export const authStatsd = {
  'request.duration': {
    kind: 'timing',
    tags: ['method', 'status_code', 'status_category', 'proxy_host', 'action'],
    meaning:
      'A request, from its head to the end of its answer. `action` is `robots`, `start`, `sign_in`, `sign_out`, `callback`, `ping`, `validate` for `/oauth2/introspect`, `redeem` for `/oauth2/token`, or new: `account`, `admin`, `authorize`, `backchannel_logout`, `device`, `handshake`, `keys`, `metadata`, `register`, `revoke`, and `revocations` for `/oauth2/revocations` without the time that it waited for something to report; otherwise `unknown`. There is no `profile`, `refresh` or `static`.',
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
      'A call to a provider. `action` is `redeem`, `refresh`, `revoke`, `check_memberships_resource` for Google’s directory, and two that are new: `discovery`, and `confirm`, which asks whether a session still stands; each covers all the calls that it takes. `provider` is the slug.',
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
      'A refresh that was not sent because the same session was already being refreshed. Always `endpoint:RefreshAccessToken`.',
  },
  'provider.backoff': {
    kind: 'timing',
    tags: [],
    meaning: 'How long the directory is not asked, because it fails or requested a pause.',
  },
  'provider.groupcache': {
    kind: 'count',
    tags: ['action', 'cache'],
    meaning:
      'A question about one person and one group of the directory. `cache` is `hit` where nobody has to wait for the answer, otherwise `miss`. Always `action:ValidateGroupMembership`.',
  },
  'groups_cache.error': {
    kind: 'count',
    tags: ['group', 'error'],
    meaning: 'The directory gave no usable answer about a group. Always `error:provider_unavailable`.',
  },
  'provider.roster': { kind: 'count', tags: ['provider', 'outcome'], meaning: `New. ${rosters}` },
  sign_in: { kind: 'count', tags: ['provider', 'outcome'], meaning: `New. ${signIns}` },
  sign_out: { kind: 'count', tags: [], meaning: `New. ${signOuts}` },
  'provider.sign_out': { kind: 'count', tags: ['provider', 'outcome'], meaning: `New. ${providerSignOuts}` },
  program_tokens: { kind: 'count', tags: ['grant', 'outcome'], meaning: `New. ${programTokens}` },
  'store.up': {
    kind: 'gauge',
    tags: [],
    meaning: 'New. Whether the store that the tasks share can be asked: 1 or 0.',
  },
  'provider.circuit_change': {
    absent: 'There is no circuit breaker with states, only pauses: `provider.backoff`.',
  },
  cache_refresh_loop: { absent: 'Nothing is read in loops: an answer is renewed when it is wanted.' },
  'localcache.hit': { absent: oneCache },
  'localcache.miss': { absent: oneCache },
  'localcache.set': { absent: oneCache },
  'localcache.purge': { absent: oneCache },
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
  latchkey_sign_ins_total: {
    kind: 'counter',
    labels: ['provider', 'outcome'],
    help: signIns,
    statsd: 'sign_in',
  },
  latchkey_sign_outs_total: { kind: 'counter', labels: [], help: signOuts, statsd: 'sign_out' },
  latchkey_provider_sign_outs_total: {
    kind: 'counter',
    labels: ['provider', 'outcome'],
    help: providerSignOuts,
    statsd: 'provider.sign_out',
  },
  latchkey_program_tokens_total: {
    kind: 'counter',
    labels: ['grant', 'outcome'],
    help: programTokens,
    statsd: 'program_tokens',
  },
  latchkey_provider_question_duration_seconds: {
    kind: 'histogram',
    labels: ['provider', 'action', 'outcome'],
    help: 'Questions to a provider. `action` is `confirm`, `discovery`, `redeem`, `refresh`, `revoke` or `check_memberships_resource`; `outcome` is `answered`, `refused`, or the error.',
    statsd: 'provider.latency',
  },
  latchkey_group_lookups_total: {
    kind: 'counter',
    labels: ['provider', 'cache'],
    help: 'Questions about one person and one group of a directory. `cache` is `hit` where nobody has to wait, otherwise `miss`.',
    statsd: 'provider.groupcache',
  },
  latchkey_groups_unanswered_total: {
    kind: 'counter',
    labels: ['provider'],
    help: 'Questions about a group to which a directory gave no usable answer.',
    statsd: 'groups_cache.error',
  },
  latchkey_directory_rosters_total: {
    kind: 'counter',
    labels: ['provider', 'outcome'],
    help: rosters,
    statsd: 'provider.roster',
  },
  latchkey_directory_pauses_total: {
    kind: 'counter',
    labels: ['provider'],
    help: 'Pauses in which a directory is not asked, because it failed or requested a pause.',
    statsd: 'provider.backoff',
  },
  latchkey_refreshes_shared_total: {
    kind: 'counter',
    labels: [],
    help: 'Refreshes that were not sent because the same session was already being refreshed.',
    statsd: 'provider.singleflight',
  },
  latchkey_spans_lost_total: spansLost,
  latchkey_store_up: {
    kind: 'gauge',
    labels: [],
    help: 'Whether the store that the tasks share (`REDIS_URL`) can be asked. 1 where there is none.',
    statsd: 'store.up',
  },
  ...auditMetrics,
} as const satisfies PrometheusTable;

/** All of it, for the reference. */
export const authMetrics: ServiceMetrics = {
  service: 'Auth',
  namespace: 'sso_auth.',
  statsd: authStatsd,
  prometheus: authPrometheus,
};
