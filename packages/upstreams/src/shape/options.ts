import { assertionClaims, assertionHeader } from './assertion.ts';
import { clientIdentity } from './client-identity.ts';
import { via } from './connectors.ts';
import { cors } from './cors.ts';
import { headerPattern } from './header-pattern.ts';
import { headers } from './headers.ts';
import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { origin } from './origin.ts';
import { protocol } from './protocol.ts';
import { providerSlugs } from './provider-slugs.ts';
import { list } from './reader.ts';
import { unknownKeys } from './unknown-keys.ts';
import { duration, entry, flag, publicPath, scope, serverName, text } from './values.ts';
import { awsSigv4 } from './aws-sigv4.ts';
import { routePolicy } from './policy.ts';
import { startTls } from './start-tls.ts';
import { sshCertificate } from './ssh-certificate.ts';
import { tcp } from './tcp.ts';
import { waitFor } from './wait-for.ts';

const fields = {
  allowed_groups: list(
    {
      meaning:
        "The groups whose members have access, compared exactly. `['*']` alone: everybody who can sign in. A match in any one of the `allowed_` lists is enough.",
      default: '`UPSTREAM_DEFAULT_GROUPS`',
      example: '[engineering@example.com]',
    },
    entry('a group', ['engineering@example.com', '*']),
  ),
  allowed_email_domains: list(
    {
      meaning:
        "The domains whose e-mail addresses have access, without their subdomains. `['*']` alone: everybody who can sign in. A match in any one of the `allowed_` lists is enough.",
      default: '`UPSTREAM_DEFAULT_EMAIL_DOMAINS`',
      example: '[example.com]',
    },
    entry('a domain', ['example.com', '*']),
  ),
  allowed_email_addresses: list(
    {
      meaning:
        "The e-mail addresses that have access. `['*']` alone: everybody who can sign in. A match in any one of the `allowed_` lists is enough.",
      default: '`UPSTREAM_DEFAULT_EMAIL_ADDRESSES`',
      example: '[ann@example.com, bob@example.com]',
    },
    entry('an address', ['ann@example.com']),
  ),
  bearer: flag({
    meaning:
      'Whether programs may call the application with `Authorization: Bearer` and a token. The header is then removed before a request is forwarded. Without this option it goes to the application unread.',
    default: '`false`',
  }),
  pass_bearer_token: flag({
    meaning:
      'Whether the application receives the `Authorization` header all the same, with the token in it.',
    default: '`false`',
  }),
  required_scopes: list(
    {
      meaning:
        'Scopes that a token must have, all of them, in addition to a match in one of the `allowed_` lists. People in a browser need none.',
      default: 'none',
      example: '[orders.read]',
    },
    scope,
  ),
  allowed_scopes: list(
    {
      meaning:
        'The scopes whose tokens have access, of programs only. One of them is enough. A person who calls through a program chooses its scopes, and gets in by none.',
      default: 'none',
      example: '[orders.read, orders.admin]',
    },
    scope,
  ),
  allowed_subjects: list(
    {
      meaning:
        'The subjects whose tokens have access, of programs only: `subject`, or `issuer#subject` for that of one issuer.',
      default: 'none',
      example: "['https://idp.example.com#nightly-report']",
    },
    entry('a subject', ['https://idp.example.com#nightly-report']),
  ),
  allowed_clients: list(
    {
      meaning:
        'The client ids whose tokens have access, of programs that act for themselves only: `client`, or `issuer#client` for that of one issuer.',
      default: 'none',
      example: "['https://idp.example.com#report-builder']",
    },
    entry('a client id', ['https://idp.example.com#report-builder']),
  ),
  policy: routePolicy,
  tags: list(
    {
      meaning: 'Words about this route, for rules of a policy: `"internal" in route.tags`.',
      default: 'none',
      example: '[internal, payments]',
    },
    entry('a word', ['internal']),
  ),
  skip_auth_regex: list(
    {
      meaning:
        'The paths that are public, without sign-in: patterns in RE2 syntax, which match anywhere in the path unless they begin with `^`. The query is ignored.',
      default: 'none',
      example: "['^/healthz$', '^/public/']",
    },
    publicPath,
  ),
  skip_auth_preflight: flag({
    meaning:
      'Whether CORS preflight requests (`OPTIONS`) are forwarded without sign-in. Cookies, credentials and the body are removed from them.',
    default: '`false`',
  }),
  provider_slug: providerSlugs({
    meaning:
      'The provider for this application: the slug of a provider of auth. With a list, people choose one of them, and a session from any of them is accepted.',
    default: '`UPSTREAM_DEFAULT_PROVIDER`',
    example: '[google, okta]',
  }),
  max_auth_age: duration(
    {
      meaning:
        'The longest time since a person was authenticated by the provider, at least `1m`. After that, the provider must authenticate them again, even if it still remembers them, and must confirm when it did.',
      default: 'none',
      example: '8h',
    },
    ['15m', '8h'],
  ),
  idle_timeout: duration(
    {
      meaning:
        'The longest time without a request of the person to the application, at least `1m`. After that, and at their first visit, the provider must authenticate them again, unless it did so within this time.',
      default: 'none',
      example: '30m',
    },
    ['15m', '30m'],
  ),
  cors,
  allowed_origins: list(
    {
      meaning:
        'The origins, besides that of the route, whose pages may open WebSockets here as the person who is signed in. Compared exactly.',
      default: 'none',
      example: '[https://app.example.com]',
    },
    origin,
  ),
  strip_request_headers: list(
    {
      meaning:
        'Request headers that are removed before a request is forwarded. Letter case does not matter, and `-`, `_` and other marks count as the same. With `*` at the end: all headers that begin like this.',
      default: 'none',
      example: "['X-Debug-*', X-Remote-User]",
    },
    headerPattern,
  ),
  inject_request_headers: headers(
    {
      meaning:
        'Headers that are set on requests to the application, in place of what the browser sent, once somebody is signed in. A secret comes from the environment, as `{{name}}`.',
      default: 'none',
      example: '{ X-Environment: production }',
    },
    { 'X-Environment': 'production' },
  ),
  header_overrides: headers(
    {
      meaning: 'Headers that are set on responses to the browser, in place of what the application sent.',
      default: 'none',
      example: '{ X-Frame-Options: DENY }',
    },
    { 'X-Frame-Options': 'DENY' },
  ),
  assertion_header: assertionHeader({
    meaning:
      "The header that carries the signed assertion: a name, or a name and a scheme. With `'Authorization: Bearer'`, the `Authorization` header of the browser is removed.",
    default: '`X-Latchkey-Jwt-Assertion`',
    example: "'Authorization: Bearer'",
  }),
  assertion_claims: assertionClaims({
    meaning:
      'Additional claims of the assertion: a text, or a value of the person under another name (`$email`, `$user`, `$name`, `$groups`, `$sub`, `$idp`). A value that is not known is left out.',
    default: 'none',
    example: '{ role: Viewer, preferred_username: $user }',
  }),
  timeout: duration(
    {
      meaning:
        'How long the application may take to begin its answer after it has received the whole request, from `1ms` to `500h`. After that the answer is 504. An answer that has begun is never cut off.',
      default: '`UPSTREAM_DEFAULT_TIMEOUT`, which is `10s` unless it is set',
      example: '1m30s',
    },
    ['10s', '1m30s'],
  ),
  reset_deadline: duration(
    {
      meaning:
        'How long a connection to the application is used before a new one is opened, so that a DNS change takes effect, from `1ms` to `500h`.',
      default: '`UPSTREAM_DEFAULT_RESETDEADLINE`, which is `60s` unless it is set',
      example: '5m',
    },
    ['60s', '5m'],
  ),
  keep_alive: duration(
    {
      meaning:
        'How long an idle connection to the application is kept, from `1ms` to `500h`. It must be shorter than the keep-alive time of the application; otherwise requests fail on connections that are just closing. Use `1s` for gunicorn.',
      default: '`4s`',
      example: '1s',
    },
    ['4s', '1s'],
  ),
  via,
  wait_for: waitFor,
  tcp,
  starttls: startTls,
  ssh_certificate: sshCertificate,
  aws_sigv4: awsSigv4,
  flush_interval: text(
    {
      meaning:
        'Accepted for compatibility, without effect: streams and WebSockets work without it. Leave it out.',
      example: '1s',
    },
    { deprecated: true, doNotSuggest: true },
  ),
  preserve_host: flag({
    meaning: 'Whether the application receives the host that the browser requested, not the host of `to`.',
    default: '`false`',
  }),
  preserve_location: flag({
    meaning:
      'Whether addresses in `Location`, `Content-Location` and `Refresh` reach the browser as the application wrote them. Otherwise its own address, as in `to`, is replaced by the one in `from`, and in `Destination` and `If` of a WebDAV request the other way round. Bodies are never changed.',
    default: '`false`',
  }),
  pass_access_token: flag({
    meaning:
      "Whether the application receives the person's access token from the provider, in `X-Forwarded-Access-Token`.",
    default: '`false`',
  }),
  allow_root_service_worker: flag({
    meaning:
      'Whether the application may have a service worker for its whole host, and send `Service-Worker-Allowed`. Such a worker can read the sign-in codes of this host, and can steal a session.',
    default: '`false`',
  }),
  forward_auth: flag({
    meaning:
      'Whether a server in front of the application (nginx, Caddy, Traefik, Envoy) may ask the proxy about requests that it forwards by itself. The headers that describe such a request are trusted only from `SERVER_TRUSTED_PROXIES`. The answer contains the identity of the person.',
    default: '`false`',
  }),
  protocol,
  skip_request_signing: flag({
    meaning: 'Whether requests go to the application without `Gap-Signature` and `Sso-Signature`.',
    default: '`false`',
  }),
  tls_skip_verify: flag({
    meaning:
      'Whether any certificate of the application is accepted. It is better to name its authority in `ca_file`.',
    default: '`false`',
  }),
  ca_file: text({
    meaning:
      'A PEM file with the certificate authorities that are accepted for the application, in place of the known ones. Empty: the known ones.',
    default: '`UPSTREAM_DEFAULT_CA_FILE`, or those that are known',
    example: '/etc/latchkey/internal-ca.pem',
  }),
  client_cert_file: text({
    meaning:
      'A PEM file with the client certificate for the application, followed by its intermediate certificates. Empty: no client certificate.',
    default: '`UPSTREAM_DEFAULT_CLIENT_CERT_FILE`, or none',
    example: '/etc/latchkey/proxy.pem',
  }),
  client_key_file: text({
    meaning:
      'A PEM file with the private key of that certificate, without a passphrase. It may be the same file.',
    default: '`UPSTREAM_DEFAULT_CLIENT_KEY_FILE`, or none',
    example: '/etc/latchkey/proxy.key',
  }),
  server_name: serverName({
    meaning:
      'The server name for TLS (SNI), which the certificate of the application must contain. Empty: the host of `to`.',
    default: '`UPSTREAM_DEFAULT_SERVER_NAME`, or the host of `to`',
    example: 'wiki.internal.example.com',
  }),
  client_identity: clientIdentity,
};

export const optionKeys: readonly string[] = Object.keys(fields);

/** `options`: what a route does beyond leading from here to there. All of them may be left out. */
export const options = mapping(
  'options',
  'What this route does beyond leading from `from` to `to`: who may pass, what is public, headers, timeouts. What is not written is as in the section around it, in `default`, or in the environment.',
  fields,
  unknownKeys(optionKeys),
);

/** `options` as read. Keys that are not written are not there. */
export type Options = Values<typeof fields>;
