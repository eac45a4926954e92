import { headers } from './headers.ts';
import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { list } from './reader.ts';
import { unknownKeys } from './unknown-keys.ts';
import { duration, entry, flag, publicPath, slug, text } from './values.ts';

const fields = {
  allowed_groups: list(
    'The groups whose members may pass, compared exactly. `["*"]` alone: any group. Any one of the three `allowed_` lists suffices. Default: `UPSTREAM_DEFAULT_GROUPS`.',
    entry('a group', ['engineering@example.com', '*']),
  ),
  allowed_email_domains: list(
    'The domains whose addresses may pass, without their subdomains. `["*"]` alone: anybody who can sign in. Any one of the three `allowed_` lists suffices. Default: `UPSTREAM_DEFAULT_EMAIL_DOMAINS`.',
    entry('a domain', ['example.com', '*']),
  ),
  allowed_email_addresses: list(
    'The addresses that may pass. `["*"]` alone: anybody who can sign in. Any one of the three `allowed_` lists suffices. Default: `UPSTREAM_DEFAULT_EMAIL_ADDRESSES`.',
    entry('an address', ['ann@example.com']),
  ),
  skip_auth_regex: list(
    'The paths that are public, without sign-in: patterns in RE2 syntax, which match anywhere in the path unless they begin with `^`. Default: none.',
    publicPath,
  ),
  skip_auth_preflight: flag(
    'Whether CORS preflight requests (`OPTIONS`) pass without sign-in, bare: without cookies, credentials or a body. Default: `false`.',
  ),
  provider_slug: slug(
    'The provider that people sign in with here: the slug of one that the auth service has. Default: `UPSTREAM_DEFAULT_PROVIDER`.',
  ),
  inject_request_headers: headers(
    'Headers that are set on requests to the application, in place of what the browser sent, once somebody is signed in. Default: none.',
    { 'X-Environment': 'production' },
  ),
  header_overrides: headers(
    'Headers that are set on responses to the browser, in place of what the application sent. Default: none.',
    { 'X-Frame-Options': 'DENY' },
  ),
  timeout: duration(
    'How long the application may take to begin its answer once it has the whole request, from `1ms` to `500h`; after it the answer is 504. What is flowing is not cut. Default: `UPSTREAM_DEFAULT_TIMEOUT`, which is `10s` unless it is set.',
    ['10s', '1m30s'],
  ),
  reset_deadline: duration(
    'After how long connections to the application are opened anew, so that a changed DNS name is noticed, from `1ms` to `500h`. Default: `UPSTREAM_DEFAULT_RESETDEADLINE`, which is `60s` unless it is set.',
    ['60s', '5m'],
  ),
  keep_alive: duration(
    'How long an idle connection to the application is kept, from `1ms` to `500h`. Make it shorter than the application does, or requests meet connections that are just closing: `1s` for gunicorn. Default: `4s`.',
    ['4s', '1s'],
  ),
  flush_interval: text(
    'Has no effect and is read for compatibility: streams and WebSockets work without it. Leave it out.',
    { deprecated: true, doNotSuggest: true },
  ),
  preserve_host: flag(
    'Whether the application is sent the host that the browser asked for, not the host of `to`. Default: `false`.',
  ),
  preserve_location: flag(
    'Whether addresses in `Location`, `Content-Location` and `Refresh` reach the browser as the application wrote them. Otherwise its own address, as in `to`, is replaced by the one in `from`. Default: `false`.',
  ),
  pass_access_token: flag(
    "Whether the application is sent the person's access token of the provider. Default: `false`.",
  ),
  allow_root_service_worker: flag(
    'Whether the application may have a service worker for its whole host, and send `Service-Worker-Allowed`. Such a worker can read the codes that sign people in to this host, and carry a session away. Default: `false`.',
  ),
  skip_request_signing: flag(
    'Whether requests go to the application without `Gap-Signature` and `Sso-Signature`. Default: `false`.',
  ),
  tls_skip_verify: flag(
    'Whether any certificate of the application is accepted. Better give it one that can be checked. Default: `false`.',
  ),
};

export const OPTION_KEYS: readonly string[] = Object.keys(fields);

/** `options`: what a route does beyond leading from here to there. All of them may be left out. */
export const options = mapping(
  'options',
  'What this route does beyond leading from `from` to `to`: who may pass, what is public, headers, timeouts. What is not written is as in the section around it, in `default`, or in the environment.',
  fields,
  unknownKeys(OPTION_KEYS),
);

/** `options` as read. Keys that are not written are not there. */
export type Options = Values<typeof fields>;
