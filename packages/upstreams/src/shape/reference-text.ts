/** Fields that are looked for together, and what there is to say about all of them, in Markdown. */
export type Chapter = { title: string; text: readonly string[]; fields: readonly string[] };

/** What docs/upstreams.md begins with. */
export const introduction = [
  '<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->',
  '# The upstream file',
  'It says which host leads to which application, and who may pass. Most applications need no more than this:',
  yaml(`- service: wiki
  default:
    from: wiki.corp.example.com
    to: http://wiki.internal:8080
    options:
      allowed_groups: [engineering@example.com]`),
  '`latchkey check` names every mistake before it is live, and [diagnostics.md](diagnostics.md) explains each. [The JSON Schema](upstreams.schema.json) tells an editor what this page says ([how](operating.md#the-upstream-file-from-edit-to-live)).',
];

/** The fields in the order in which people come to need them. */
export const chapters: readonly Chapter[] = [
  {
    title: 'Where it leads',
    fields: ['service', 'from', 'to', 'type'],
    text: [
      'Of the routes of a file, that one answers whose `from` is the host and port that were asked for; else the one whose `from` is the host; else the first pattern in file order that matches, those of `extra_routes` after all others. Where none does, the answer is 421. Two routes for one host are an error. A route answers for every path of its host.',
      '**A port in `from`** is one that browsers write into the address: `wiki.corp.example.com:8443` is `https://wiki.corp.example.com:8443/`, and no other port of that host. It is neither the port at which the proxy listens (`SERVER_PORT`) nor that of the application, which stands in `to`. Without one, a route answers at the usual port of the scheme and at those of `SERVER_PUBLIC_PORTS`. 80 and 443 need not be written.',
      '**A pattern** is for many hosts with one rule. It is matched against the host name alone: in whatever letter case, without scheme and path, and without the port unless the pattern names one. It has to match the whole name, as if it stood between `^` and `$`. A dot matches any character, so write `[.]`. In `to`, `$1` is what the first pair of brackets matched; end the host there with a domain of your own, or whoever asks chooses where it leads.',
      '**A Unix socket** of the machine that the proxy runs on is written with its whole path: `to: unix:/run/wiki.sock`. The application is told the host `localhost`, and nothing is encrypted. A host name has no say in the path.',
      yaml(`- service: apps
  default:
    type: rewrite
    from: ^([a-z0-9-]+)[.]apps[.]corp[.]example[.]com$
    to: http://$1.apps.internal.example.com
    options:
      allowed_groups: [engineering@example.com]`),
    ],
  },
  {
    title: 'Who gets in',
    fields: ['allowed_groups', 'allowed_email_domains', 'allowed_email_addresses', 'provider_slug'],
    text: [
      '**Any one rule suffices**: being in one of the groups, or having an address of one of the domains, or being named. Rules of two kinds are never both asked for. If people have to be in a group, write `allowed_groups` alone.',
      '**Each list that is not written, or is empty, is that of the environment**, so that with `UPSTREAM_DEFAULT_EMAIL_DOMAINS=example.com` everybody of example.com passes a route with `allowed_groups: [security]`, too. `latchkey check` warns of it ([LK401](diagnostics.md#lk401-more-than-one-kind-of-rule)). A route without any rule, from the file or from the environment, is an error.',
      "**`*`** stands for everybody who can sign in, and only where it is alone in its list. Beside other entries it matches nobody, and it is no wildcard within one: `*.example.com` is nobody's domain. It needs quotes: `'*'`. In `from` it means nothing; there patterns do that.",
      'Who can sign in at all is decided before, by auth (`AUTHORIZE_EMAIL_DOMAINS`, `AUTHORIZE_EMAIL_ADDRESSES`).',
      '**Several providers**, `provider_slug: [google, okta]`: who has a session of any of them comes in, and who has none chooses on a page of auth. The rules make no difference between them: an address, a domain or a group is allowed whichever of the providers vouches for it. So list only those that you believe about every name in the rules ([decision 49](decisions/0049-several-providers.md)).',
    ],
  },
  {
    title: 'Without sign-in',
    fields: ['skip_auth_regex', 'skip_auth_preflight'],
    text: [
      'What is public is public for everybody: it comes before all rules about people, and the application is told nothing about any person there, not even about one who is signed in.',
      'Patterns see the path alone, decoded, without the query. A path that two programs might read in two ways (with `..`, `//`, `;`, `%2F` and the like) is never public, whatever matches it. Begin a pattern with `^`, and end it with `$` where nothing may follow: `/public/` also opens `/admin/public/`.',
    ],
  },
  {
    title: 'Applications that need more care',
    fields: ['max_auth_age', 'idle_timeout'],
    text: [
      'A session lasts for weeks (`SESSION_TTL_LIFETIME`). Where that is too long for one application, these send people to the provider again, who has to ask them who they are: the sign-in goes with `prompt=login` and `max_age` (OpenID Connect), and counts only where the ID token says by `auth_time` that it was done. A provider that does not say so, as Google does not, cannot be used with them: the sign-in ends with `provider_failed`.',
      'For `idle_timeout` every request to the host counts, also those that a page makes by itself, and neither those to public paths nor what passes over an open WebSocket. When it was last used is remembered in a signed cookie of the host, which is written anew at most every tenth of the time. A WebSocket is closed when the time runs out that was left at its handshake.',
    ],
  },
  {
    title: 'Pages of other origins',
    fields: ['cors', 'allowed_origins'],
    text: [
      'An origin is a scheme, a host and a port, as browsers write it: `https://app.example.com`. Neither `*` nor `null` is one. A page of an origin that is not named gets nothing, and its preflights go the way of any request.',
      'The preflight of a named origin never reaches the application and needs no session. What the application answers to the call itself stays its own where it says `Access-Control-Allow-Origin`; where it does not, the proxy says it for the named origins, with `Vary: Origin`. Our own addresses (`/oauth2/…`) and a launcher are never readable from elsewhere.',
      'The session cookie is `SameSite=Lax`: browsers send it from pages of the same site alone, such as `https://app.example.com` for `https://api.example.com`, so `credentials: true` gives nothing to pages of other sites.',
    ],
  },
  {
    title: 'Headers',
    fields: [
      'inject_request_headers',
      'strip_request_headers',
      'header_overrides',
      'preserve_host',
      'preserve_location',
      'pass_access_token',
    ],
    text: [
      "Applications are told who asks in `X-Forwarded-User`, `X-Forwarded-Email` and `X-Forwarded-Groups` (of the person's groups, those that the route names), and how they were asked in `X-Forwarded-Host`, `X-Forwarded-Proto`, `X-Forwarded-Port`, `X-Forwarded-For` and `X-Request-Id`. What browsers send under these names never arrives, and `inject_request_headers` cannot set them.",
      'What `strip_request_headers` names is taken off before anything is set, so an injected header of the same name arrives, and so do those of ours.',
      'Answers carry `X-Content-Type-Options: nosniff`, `X-Frame-Options: SAMEORIGIN`, `X-XSS-Protection: 1; mode=block` and, where browsers come over HTTPS, `Strict-Transport-Security`, whatever the application says of these. `header_overrides` changes them, and sets any other header in place of what the application sends.',
    ],
  },
  {
    title: 'Assertions',
    fields: ['assertion_header', 'assertion_claims'],
    text: [
      'With `ASSERTION_KEY` the proxy tells the application who asks in a form that it can verify: a signed token, good for five minutes and for this one application. [verifying-identity.md](verifying-identity.md) shows how. Without that variable both options have no effect, and the header never arrives.',
    ],
  },
  {
    title: 'Time',
    fields: ['timeout', 'reset_deadline', 'keep_alive'],
    text: [
      'A duration is a number with its unit, one or several: `500ms`, `10s`, `1m30s`, `2h`. Zero stands for the default.',
    ],
  },
  {
    title: 'HTTP/2 and gRPC',
    fields: ['protocol'],
    text: [
      'Callers and the application need not speak the same: each side is translated, bodies flow both ways as they come, and trailers, which gRPC ends with, are passed on. gRPC callers come over HTTP/2 (`SERVER_HTTP2`, see [operating.md](operating.md#grpc-and-http2)).',
      '`timeout` counts until the first headers of the answer, from when the request is complete. A gRPC server that sends none before it has something to say, as for a subscription, needs a longer one. Requests that are signed are held until they are complete, so that a gRPC stream needs `skip_request_signing: true` where there is a key.',
    ],
  },
  {
    title: 'WebSockets, streams, service workers',
    fields: ['flush_interval', 'allow_root_service_worker'],
    text: [
      'WebSockets, event streams and long downloads need no option: `timeout` ends with the beginning of an answer. The handshake of a WebSocket passes the same rules as any request, and has to come from a page of the same host, or of one of `allowed_origins`, where somebody is signed in. An open one is decided about again every `SESSION_TTL_VALID` and after each reload, and closed when its person would not be let in any more.',
    ],
  },
  {
    title: 'A server in front that forwards by itself',
    fields: ['forward_auth'],
    text: [
      'nginx, Caddy, Traefik or Envoy can forward to the application themselves and ask the proxy about each request; [forward-auth.md](forward-auth.md) has what to copy. The question is answered as the request itself would be, by the same rules, public paths among them. Of what is set for the way to the application only the identity goes along with the answer: `inject_request_headers`, `timeout` and the like are for requests that the proxy forwards.',
    ],
  },
  {
    title: 'Signatures',
    fields: ['skip_request_signing'],
    text: [
      'Requests are signed where the proxy has a key: `Gap-Signature` with `SSO_CONFIG_<SERVICE>_SIGNING_KEY`, `Sso-Signature` with `REQUESTSIGNER_KEY`. A signature covers the body, so such a request is held in memory until it is complete, and one of more than 16 MiB is answered 413.',
    ],
  },
  {
    title: 'TLS to the application',
    fields: ['ca_file', 'client_cert_file', 'client_key_file', 'server_name', 'tls_skip_verify'],
    text: [
      'With `to: https://…` the certificate of the application has to name the host of `to`, whatever `preserve_host` says, and to come from an authority that is known, or with `ca_file` from one of yours. `NODE_EXTRA_CA_CERTS` adds one for everything that the proxy calls.',
      'These files are read when the upstream file is, and again within seconds of being changed; the next connection uses what they hold then. Of files that cannot be used the proxy says so ([LK313](diagnostics.md#lk313-a-file-for-tls-that-cannot-be-used)) and goes on with what they held before, all of them together: a new certificate waits for its key. A new upstream file comes into force all the same, unless it names files that were not in use together before. At the start the proxy does not start.',
    ],
  },
  {
    title: 'Several hosts, several environments',
    fields: ['extra_routes'],
    text: [
      'Beside `default`, which holds everywhere, a service may have a section for each environment, named after what `UPSTREAM_CLUSTER` says there. `{{name}}` is replaced by `SSO_CONFIG_NAME`. Options for all services go into `defaults`, with the services below `services`:',
      yaml(`defaults:
  allowed_email_domains: [example.com]
services:
  - service: wiki
    default:
      from: wiki.{{root_domain}}
      to: http://wiki.internal:8080
    prod:
      options:
        allowed_email_domains: [example.com, partner.example]`),
      'Where an option stands in several places, one counts: that of the extra route, else of the section of the environment, else of `default`, else of `defaults`, else of the environment. A list replaces the whole list. Headers alone are laid over one another, name by name. `false` counts as written; a key with nothing behind it does not. `latchkey routes` shows what came out.',
    ],
  },
  {
    title: 'The launcher',
    fields: ['title', 'description', 'icon', 'hidden'],
    text: [
      'A route of `type: launcher` is a page with the applications that a person may open; patterns are not in it.',
      yaml(`- service: apps
  default:
    type: launcher
    from: apps.corp.example.com
    options:
      allowed_email_domains: [example.com]`),
    ],
  },
];

/** An example, as Markdown has it. */
export function yaml(text: string): string {
  return `\`\`\`yaml\n${text}\n\`\`\``;
}
