import { assertionClaims, assertionHeader } from './assertion.ts';
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
import { duration, entry, flag, publicPath, serverName, text } from './values.ts';

const fields = {
  allowed_groups: list(
    {
      meaning:
        "The groups whose members may pass, compared exactly. `['*']` alone: anybody who can sign in. Any one of the three `allowed_` lists suffices.",
      default: '`UPSTREAM_DEFAULT_GROUPS`',
      example: '[engineering@example.com]',
    },
    entry('a group', ['engineering@example.com', '*']),
  ),
  allowed_email_domains: list(
    {
      meaning:
        "The domains whose addresses may pass, without their subdomains. `['*']` alone: anybody who can sign in. Any one of the three `allowed_` lists suffices.",
      default: '`UPSTREAM_DEFAULT_EMAIL_DOMAINS`',
      example: '[example.com]',
    },
    entry('a domain', ['example.com', '*']),
  ),
  allowed_email_addresses: list(
    {
      meaning:
        "The addresses that may pass. `['*']` alone: anybody who can sign in. Any one of the three `allowed_` lists suffices.",
      default: '`UPSTREAM_DEFAULT_EMAIL_ADDRESSES`',
      example: '[ann@example.com, bob@example.com]',
    },
    entry('an address', ['ann@example.com']),
  ),
  skip_auth_regex: list(
    {
      meaning:
        'The paths that are public, without sign-in: patterns in RE2 syntax, which match anywhere in the path unless they begin with `^`. The query is not looked at.',
      default: 'none',
      example: "['^/healthz$', '^/public/']",
    },
    publicPath,
  ),
  skip_auth_preflight: flag({
    meaning:
      'Whether CORS preflight requests (`OPTIONS`) pass without sign-in, bare: without cookies, credentials or a body.',
    default: '`false`',
  }),
  provider_slug: providerSlugs({
    meaning:
      'The provider that people sign in with here: the slug of one that the auth service has. With a list of them people choose, and a session of any of these is good here.',
    default: '`UPSTREAM_DEFAULT_PROVIDER`',
    example: '[google, okta]',
  }),
  max_auth_age: duration(
    {
      meaning:
        'How long ago a person may have signed in at the provider, at least `1m`. After it the provider asks them again who they are, whatever it remembers, and has to say when it did.',
      default: 'none',
      example: '8h',
    },
    ['15m', '8h'],
  ),
  idle_timeout: duration(
    {
      meaning:
        'How long a person may leave the application alone, at least `1m`. After it, and when they come for the first time, the provider asks them again who they are, unless it did within that time.',
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
        'Headers of requests that never reach the application, whatever the letter case and whichever of `-`, `_` and other marks stands between the letters. With `*` at the end: all that begin so.',
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
      "The header in which the application gets the signed assertion about the person: a name, or a name and a scheme. With `'Authorization: Bearer'` what the browser sent as `Authorization` does not arrive.",
    default: '`X-Latchkey-Jwt-Assertion`',
    example: "'Authorization: Bearer'",
  }),
  assertion_claims: assertionClaims({
    meaning:
      'Claims that the assertion has beside its own: a text, or what is known of the person under another name (`$email`, `$user`, `$name`, `$groups`, `$sub`, `$idp`). What is not known is left out.',
    default: 'none',
    example: '{ role: Viewer, preferred_username: $user }',
  }),
  timeout: duration(
    {
      meaning:
        'How long the application may take to begin its answer once it has the whole request, from `1ms` to `500h`; after it the answer is 504. What is flowing is not cut.',
      default: '`UPSTREAM_DEFAULT_TIMEOUT`, which is `10s` unless it is set',
      example: '1m30s',
    },
    ['10s', '1m30s'],
  ),
  reset_deadline: duration(
    {
      meaning:
        'After how long connections to the application are opened anew, so that a changed DNS name is noticed, from `1ms` to `500h`.',
      default: '`UPSTREAM_DEFAULT_RESETDEADLINE`, which is `60s` unless it is set',
      example: '5m',
    },
    ['60s', '5m'],
  ),
  keep_alive: duration(
    {
      meaning:
        'How long an idle connection to the application is kept, from `1ms` to `500h`. Make it shorter than the application does, or requests meet connections that are just closing: `1s` for gunicorn.',
      default: '`4s`',
      example: '1s',
    },
    ['4s', '1s'],
  ),
  flush_interval: text(
    {
      meaning:
        'Has no effect and is read for compatibility: streams and WebSockets work without it. Leave it out.',
      example: '1s',
    },
    { deprecated: true, doNotSuggest: true },
  ),
  preserve_host: flag({
    meaning: 'Whether the application is sent the host that the browser asked for, not the host of `to`.',
    default: '`false`',
  }),
  preserve_location: flag({
    meaning:
      'Whether addresses in `Location`, `Content-Location` and `Refresh` reach the browser as the application wrote them. Otherwise its own address, as in `to`, is replaced by the one in `from`, and in `Destination` and `If` of a WebDAV request the other way round. Bodies are never changed.',
    default: '`false`',
  }),
  pass_access_token: flag({
    meaning:
      "Whether the application is sent the person's access token of the provider, in `X-Forwarded-Access-Token`.",
    default: '`false`',
  }),
  allow_root_service_worker: flag({
    meaning:
      'Whether the application may have a service worker for its whole host, and send `Service-Worker-Allowed`. Such a worker can read the codes that sign people in to this host, and carry a session away.',
    default: '`false`',
  }),
  forward_auth: flag({
    meaning:
      'Whether a server in front of the application (nginx, Caddy, Traefik, Envoy) may ask about requests that it forwards by itself: which one is meant is believed of `SERVER_TRUSTED_PROXIES`, and the answer says who asks.',
    default: '`false`',
  }),
  protocol,
  skip_request_signing: flag({
    meaning: 'Whether requests go to the application without `Gap-Signature` and `Sso-Signature`.',
    default: '`false`',
  }),
  tls_skip_verify: flag({
    meaning:
      'Whether any certificate of the application is accepted. Better name its authority in `ca_file`.',
    default: '`false`',
  }),
  ca_file: text({
    meaning:
      'A PEM file with the authorities from one of which the certificate of the application has to come, in place of those that are known. Empty: those that are known.',
    default: '`UPSTREAM_DEFAULT_CA_FILE`, or those that are known',
    example: '/etc/latchkey/internal-ca.pem',
  }),
  client_cert_file: text({
    meaning:
      'A PEM file with the certificate that is shown to the application, the authorities between behind it. Empty: none is shown.',
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
      'The name that the application is asked for when the connection is secured, and that its certificate has to hold. Empty: the host of `to`.',
    default: '`UPSTREAM_DEFAULT_SERVER_NAME`, or the host of `to`',
    example: 'wiki.internal.example.com',
  }),
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
