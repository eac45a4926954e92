import { auditMetrics, spansLost } from '@latchkey/telemetry';
import type { PrometheusTable, SentNames, ServiceMetrics, StatsdTable } from '@latchkey/telemetry';

const goOnly = 'It counts what only the runtime of Go has.';
const goMemory =
  'A number of Go’s allocator. The closest of Node are `process_…` and `nodejs_heap_…` in Prometheus.';
const goCollector = 'A number of Go’s collector. That of Node is `nodejs_gc_duration_seconds` in Prometheus.';

const people =
  'How many different people, signed in, have had a request answered in the last five minutes, be it with a refusal. Of one task, which counts no more than 100 000; a person at two tasks counts at both. An open WebSocket is no request.';
const webSockets = 'Open WebSockets.';
const connectorConnections =
  'Connections of each connector of the upstream file to this task; 0 where it has none. The sum over all tasks is 0 while nobody reaches its applications.';
const connectorsRefused =
  'Connectors that were not let in, by what is wrong: `token` (it counts for no service account), `unproved` (STS cannot be asked about a role of AWS), `name` (`connectors` does not name it with this account) or `version` (it speaks another one). Each tries again, so it counts on. Anybody may try with a wrong token.';
const fileValid =
  '1 while the upstream file in force is the newest, 0 while that one is refused or cannot be read: it has errors, or loses too many routes at once, or its source is away.';
const fileAge = 'Seconds since the upstream file in force was last written to.';
const mismatch =
  '1 while auth goes by something else than the proxy does; `what` is `client`, `host`, `contract`, `clock`, `client_secret`, `cookie_name`, `cookie_secure`, `cookie_domain` or `cookie_secret`. The log line with `alarm` `mismatch` says what to write. Set an alarm on it.';

/** The names of sso-proxy, and what each of them is here. */
export const proxyStatsd = {
  'request.duration': {
    kind: 'timing',
    tags: ['method', 'status_code', 'status_category', 'action', 'proxy_host'],
    meaning:
      'A request, from its head to the end of its answer; a WebSocket until its handshake is answered (BuzzFeed SSO: until it closed, with status 0). `action` is `favicon`, `sign_out`, `callback`, `auth`, `ping`, `robots`, and `proxy` for all else. `status_code` is 499 where the caller left before the answer.',
  },
  request_overhead: {
    kind: 'timing',
    tags: ['action', 'auth_type'],
    meaning:
      'How long a request that passes was held before it was forwarded. `auth_type` is `whitelisted` for a public path or a preflight, otherwise `authenticated`.',
  },
  application_error: {
    kind: 'count',
    tags: ['action', 'auth_type', 'error'],
    meaning:
      '`user_unauthorized`: a person was refused. `internal_error`: access could not be decided about (503 here). Both with `action:proxy`. `unauthorized_request`: a server in front that asked (`/oauth2/auth` and the like) got a negative answer. `csrf_cookie_error`: a callback without its attempt, or with a code that auth does not take. The others of BuzzFeed SSO (`callback_error_exists`, `state_parameter_error`, `csrf_parameter_error`, `equal_encrypted_state_and_csrf`, `state_csrf_mismatch`, `save_session_error`) name steps that a callback does not have here, and `validation_failed` would count a refusal twice.',
  },
  provider_error: {
    kind: 'count',
    tags: ['action', 'error'],
    meaning: '`redeem_code_error`: auth could not be asked to redeem the code of a callback.',
  },
  provider_error_fallback: {
    kind: 'count',
    tags: ['action', 'error'],
    meaning:
      'Auth could not be reached about a session, which stays valid for its grace period. Always `action:validate_session`, `error:validation_failed`: there is one question here, where BuzzFeed SSO had three.',
  },
  'session.grace_in_use': {
    kind: 'gauge',
    tags: [],
    meaning:
      'New. 1 while sessions use their grace period because auth cannot be reached; 0 when auth answers again and no session has used it for a minute. Set an alarm on it.',
  },
  'provider.singleflight': {
    kind: 'count',
    tags: ['endpoint'],
    meaning:
      'A question about a session that was not sent because the same question was already pending. Always `endpoint:ValidateSessionState`.',
  },
  'auth.mismatch': { kind: 'gauge', tags: ['what'], meaning: `New. ${mismatch} Sent when it changes.` },
  'mem.alloc': { kind: 'gauge', tags: [], meaning: 'Bytes in use on the heap; at start and every 30 s.' },
  'mem.sys': {
    kind: 'gauge',
    tags: [],
    meaning: 'Bytes that the process has from the system (its resident set).',
  },
  'mem.heap.alloc': { kind: 'gauge', tags: [], meaning: 'The same as `mem.alloc`.' },
  'mem.heap.sys': { kind: 'gauge', tags: [], meaning: 'Bytes that the heap has from the system.' },
  'people.active': {
    kind: 'gauge',
    tags: [],
    meaning: `New. ${people} At start and every 30 s.`,
  },
  'websockets.open': { kind: 'gauge', tags: [], meaning: `New. ${webSockets} At start and every 30 s.` },
  'connector.connections': {
    kind: 'gauge',
    tags: ['connector'],
    meaning: `New. ${connectorConnections} At start and every 30 s.`,
  },
  'connector.refused': { kind: 'count', tags: ['reason'], meaning: `New. ${connectorsRefused}` },
  'upstream.file_valid': { kind: 'gauge', tags: [], meaning: `New. ${fileValid} At start and every 30 s.` },
  'upstream.file_age': {
    kind: 'gauge',
    tags: ['sha256'],
    meaning: `New. ${fileAge} \`sha256\` is the beginning of its hash. At start and every 30 s.`,
  },
  'cpu.goroutines': { absent: goOnly },
  'cpu.cgo_calls': { absent: goOnly },
  'mem.total': { absent: goMemory },
  'mem.lookups': { absent: goMemory },
  'mem.malloc': { absent: goMemory },
  'mem.frees': { absent: goMemory },
  'mem.heap.idle': { absent: goMemory },
  'mem.heap.inuse': { absent: goMemory },
  'mem.heap.released': { absent: goMemory },
  'mem.heap.objects': { absent: goMemory },
  'mem.stack.*': { absent: goMemory },
  'mem.gc.*': { absent: goCollector },
  'mem.othersys': { absent: goMemory },
} as const satisfies StatsdTable;

/** Those of them that are sent. */
export type ProxyStatsdName = SentNames<typeof proxyStatsd>;

/** What Prometheus reads from the proxy. */
export const proxyPrometheus = {
  latchkey_request_duration_seconds: {
    kind: 'histogram',
    labels: ['method', 'status', 'route', 'reason'],
    help: 'Requests. `status` is a category like `2xx`; `reason` that of the decision, otherwise the error, otherwise `none`.',
    statsd: 'request.duration',
  },
  latchkey_request_overhead_seconds: {
    kind: 'histogram',
    labels: ['public'],
    help: 'How long requests that pass are held before they are forwarded.',
    statsd: 'request_overhead',
  },
  latchkey_denials_total: {
    kind: 'counter',
    labels: ['route', 'reason', 'policy'],
    help: 'Requests of a person who was refused. Each leaves an audit line. `policy` is the name of the rule of a `policy` that refused, or empty.',
    statsd: 'application_error',
  },
  latchkey_unauthenticated_total: {
    kind: 'counter',
    labels: ['route', 'reason'],
    help: 'Requests without a valid session: redirected to the sign-in, or answered 401. They are not counted as denials.',
  },
  latchkey_errors_total: {
    kind: 'counter',
    labels: ['route', 'error'],
    help: 'Requests that were answered with an error of ours, by its code.',
    statsd: 'application_error',
  },
  latchkey_session_check_duration_seconds: {
    kind: 'histogram',
    labels: ['outcome'],
    help: 'Questions to auth about a session: `active`, `inactive` or `unanswered`.',
  },
  latchkey_session_checks_shared_total: {
    kind: 'counter',
    labels: [],
    help: 'Questions to auth that were not sent because the same question was already pending.',
    statsd: 'provider.singleflight',
  },
  latchkey_issuer_keys_total: {
    kind: 'counter',
    labels: ['issuer', 'outcome'],
    help: 'Questions to the issuers of the upstream file for their keys: `answered` or `unanswered`. While one does not answer, its tokens are checked by the keys that it gave last, for three hours.',
  },
  latchkey_workload_tokens_total: {
    kind: 'counter',
    labels: ['outcome'],
    help: 'Programs that asked for a token of ours, with one of their issuer or with the secret of their service account: `done`, or the error that they were answered with. Many `invalid_client` are somebody who guesses, or a program with an old secret.',
  },
  latchkey_sts_questions_total: {
    kind: 'counter',
    labels: ['outcome'],
    help: 'Questions to STS about who works in a role of AWS: `proved`, `refused` (its signature, or its age), or `unanswered`, after which the caller is answered 503. One for each token, which programs make every few minutes.',
  },
  latchkey_scopes_left_out_total: {
    kind: 'counter',
    labels: [],
    help: 'Scopes of tokens that an application did not get in `X-Jwt-Scope-…`, because they are no part of a header name, or more than 100.',
  },
  latchkey_session_age_seconds: {
    kind: 'histogram',
    labels: [],
    help: 'How long ago auth had vouched for the session when a request was forwarded with it. Up to `SESSION_TTL_VALID` while auth can be asked.',
  },
  latchkey_requests_in_grace_total: {
    kind: 'counter',
    labels: [],
    help: 'Requests that were forwarded by the grace period of their session, all of them.',
  },
  latchkey_session_grace_total: {
    kind: 'counter',
    labels: [],
    help: 'Questions about a session to which auth gave no answer, after which a request was forwarded by the grace period. Those that are answered 503 are in `latchkey_errors_total`, as `session_unverified`.',
    statsd: 'provider_error_fallback',
  },
  latchkey_session_grace_in_use: {
    kind: 'gauge',
    labels: [],
    help: '1 while sessions use their grace period because auth cannot be reached; 0 when auth answers again and no session has used it for a minute. Set an alarm on it.',
    statsd: 'session.grace_in_use',
  },
  latchkey_auth_mismatch: { kind: 'gauge', labels: ['what'], help: mismatch, statsd: 'auth.mismatch' },
  latchkey_people_active: { kind: 'gauge', labels: [], help: people, statsd: 'people.active' },
  latchkey_service_account_last_use_seconds: {
    kind: 'gauge',
    labels: ['account'],
    help: 'When a service account last showed a token that is valid, or that it works in its role of AWS, in seconds since 1970, for each that did since the start of this task. The tokens of one that is in none of them may not be needed any more.',
  },
  latchkey_websockets_open: { kind: 'gauge', labels: [], help: webSockets, statsd: 'websockets.open' },
  latchkey_connector_connections: {
    kind: 'gauge',
    labels: ['connector'],
    help: connectorConnections,
    statsd: 'connector.connections',
  },
  latchkey_connectors_refused_total: {
    kind: 'counter',
    labels: ['reason'],
    help: connectorsRefused,
    statsd: 'connector.refused',
  },
  latchkey_spans_lost_total: spansLost,
  latchkey_upstream_reloads_total: {
    kind: 'counter',
    labels: ['outcome'],
    help: 'Times the upstream file was read again, by outcome.',
  },
  latchkey_upstream_file_valid: {
    kind: 'gauge',
    labels: [],
    help: fileValid,
    statsd: 'upstream.file_valid',
  },
  latchkey_upstream_file_info: {
    kind: 'gauge',
    labels: ['sha256'],
    help: 'Always 1. `sha256` is the beginning of the hash of the upstream file in force, so tasks that differ have different files.',
  },
  latchkey_upstream_file_written_seconds: {
    kind: 'gauge',
    labels: [],
    help: 'When the upstream file in force was last written to, in seconds since 1970; 0 where it came from UPSTREAM_CONFIG.',
  },
  latchkey_upstream_file_age_seconds: {
    kind: 'gauge',
    labels: [],
    help: `${fileAge} 0 where it came from UPSTREAM_CONFIG.`,
    statsd: 'upstream.file_age',
  },
  latchkey_upstream_routes: { kind: 'gauge', labels: [], help: 'Routes in force.' },
  ...auditMetrics,
} as const satisfies PrometheusTable;

/** All of it, for the reference. */
export const proxyMetrics: ServiceMetrics = {
  service: 'Proxy',
  namespace: 'sso_proxy.',
  statsd: proxyStatsd,
  prometheus: proxyPrometheus,
};
