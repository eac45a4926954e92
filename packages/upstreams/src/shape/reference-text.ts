/** Fields that are looked for together, and what there is to say about all of them, in Markdown. */
export type Chapter = { title: string; text: readonly string[]; fields: readonly string[] };

/** What docs/upstreams.md begins with. */
export const introduction = [
  '<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->',
  '# The upstream file',
  'The upstream file says which host leads to which application, and who may use it. Most applications need no more than this:',
  yaml(`- service: wiki
  default:
    from: wiki.corp.example.com
    to: http://wiki.internal:8080
    options:
      allowed_groups: [engineering@example.com]`),
  '`latchkey check` names every mistake before it is live, and [diagnostics.md](diagnostics.md) explains each. [The JSON Schema](upstreams.schema.json) gives your editor the same information ([how](operating.md#the-upstream-file-from-edit-to-live)).',
];

/** The fields in the order in which people come to need them. */
export const chapters: readonly Chapter[] = [
  {
    title: 'Where it leads',
    fields: ['service', 'from', 'to', 'type'],
    text: [
      'The route for a request is chosen in this order: the route whose `from` is the requested host and port; the route whose `from` is the requested host; the first pattern in file order that matches, those of `extra_routes` last. If there is none, the answer is 421. Two routes for one host are an error. A route answers for every path of its host.',
      '**A port in `from`** is the port in the address that browsers show: `wiki.corp.example.com:8443` is for `https://wiki.corp.example.com:8443/` and for no other port of that host. It is not the port on which the proxy listens (`SERVER_PORT`), and not the port of the application, which is in `to`. Without a port, a route answers on the default port of the scheme and on the ports of `SERVER_PUBLIC_PORTS`. 80 and 443 need not be written.',
      '**A pattern** is for many hosts with one rule. It is matched against the host name only, without scheme and path, and without the port unless the pattern names one. Letter case does not matter. The pattern must match the whole name, as if it were between `^` and `$`. A dot matches any character, so write `[.]`. In `to`, `$1` is what the first pair of brackets matched. End the host there with a domain of your own; otherwise the client chooses where the request goes.',
      '**A Unix socket** on the machine of the proxy is written with its full path: `to: unix:/run/wiki.sock`. The application receives `Host: localhost`, and nothing is encrypted. The path cannot be made from a part of the host name.',
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
      '**One rule that matches is enough**: membership in one of the groups, or an address in one of the domains, or an address in the list. Two kinds of rules are never required together. If people must be in a group, write `allowed_groups` alone.',
      '**A list that is missing or empty is taken from the environment.** So with `UPSTREAM_DEFAULT_EMAIL_DOMAINS=example.com`, everybody at example.com also has access to a route with `allowed_groups: [security]`. `latchkey check` warns about this ([LK401](diagnostics.md#lk401-more-than-one-kind-of-rule)). A route without any rule, from the file or from the environment, is an error.',
      "**`*`** means everybody who can sign in, but only if it is the only entry of its list. Next to other entries it matches nobody. It is not a wildcard inside an entry: `*.example.com` matches nobody. It needs quotes: `'*'`. In `from` it has no meaning; use a pattern there.",
      'Auth decides first who can sign in at all (`AUTHORIZE_EMAIL_DOMAINS`, `AUTHORIZE_EMAIL_ADDRESSES`).',
      '**Several providers**, `provider_slug: [google, okta]`: a session from any of them is accepted, and people without a session choose on a page of auth. The rules do not distinguish the providers: an address, a domain or a group is allowed from each of them. So list only providers that you trust for every name in the rules ([decision 49](decisions/0049-several-providers.md)).',
    ],
  },
  {
    title: 'Programs with tokens',
    fields: [
      'issuers',
      'service_accounts',
      'bearer',
      'required_scopes',
      'allowed_scopes',
      'allowed_subjects',
      'allowed_clients',
      'pass_bearer_token',
    ],
    text: [
      'Programs call an application with `Authorization: Bearer` and a token (JWT) of an issuer that you name; [machines.md](machines.md) explains everything. `issuers` and `service_accounts` are at the root of the file, beside `services`, and count for all services.',
      yaml(`issuers:
  - issuer: https://idp.example.com
    audiences: [https://api.example.com]
services:
  - service: orders
    default:
      from: orders.corp.example.com
      to: http://orders.internal:8080
      options:
        bearer: true
        required_scopes: [orders.read]
        allowed_groups: [sales@example.com]
        allowed_clients: [report-builder]`),
      'The `allowed_` lists for tokens are further ways in, beside those for people: one match in any of them is enough. `required_scopes` has to hold as well, for every caller with a token.',
      'An entry of `issuers` has `issuer` and `audiences`, and, where the default does not fit: `callers` (`machines`, or `people` with `email_domains`), `jwks_url` or `jwks_file` instead of the keys that the issuer publishes, `algorithms`, `leeway`, and the names of its claims: `subject_claim`, `scopes_claim`, `groups_claim`, `client_claim`. `*` in a list for tokens is an entry like any other.',
    ],
  },
  {
    title: 'Rules about more than who it is',
    fields: ['policy', 'tags', 'networks', 'device_headers'],
    text: [
      'Where lists of people are not enough, rules are written as expressions: only from the office, read-only for contractors, only with a fresh sign-in. [policies.md](policies.md) has every fact that they can read, and twenty examples.',
      yaml(`networks: { office: [198.51.100.0/24] }
policy:
  - name: office-only
    deny_if: '!(request.address in networks.office)'
    message: Connect to the VPN first.
services:
  - service: wiki
    default:
      from: wiki.corp.example.com
      to: http://wiki.internal:8080
      options:
        allowed_groups: [engineering@example.com, contractors@example.com]
        policy:
          - name: contractors-read
            deny_if: '"contractors@example.com" in user.groups && request.method != "GET"'`),
      '`policy` of a route is an option like any other: that of an extra route, of a section or of `defaults` replaces the whole list. `policy` in the root of the file is the guardrail; a route can add to it and never take from it.',
    ],
  },
  {
    title: 'Without sign-in',
    fields: ['skip_auth_regex', 'skip_auth_preflight'],
    text: [
      'A public path is public for everybody: it is checked before all rules about people. The application receives no identity there, even if the person is signed in.',
      'Patterns are matched against the decoded path, without the query. A path that two programs could read differently (with `..`, `//`, `;`, `%2F` and the like) is never public, even if a pattern matches it. Begin a pattern with `^`, and end it with `$` if nothing may follow: `/public/` also opens `/admin/public/`.',
    ],
  },
  {
    title: 'Applications that need more care',
    fields: ['max_auth_age', 'idle_timeout'],
    text: [
      'A session lasts for weeks (`SESSION_TTL_LIFETIME`). If that is too long for an application, these options send people to the provider again, which must authenticate them anew. The sign-in is requested with `prompt=login` and `max_age` (OpenID Connect), and is accepted only if `auth_time` in the ID token confirms it. A provider that does not send `auth_time`, such as Google, cannot be used with these options: the sign-in ends with `provider_failed`.',
      'For `idle_timeout`, every request to the host counts as use, including those that a page makes by itself. Requests to public paths and messages on an open WebSocket do not count. The time of the last use is kept in a signed cookie of the host, which is renewed once in a tenth of `idle_timeout` at most. A WebSocket is closed when the time that was left at its handshake is over. An answer that takes longer is not cut for that.',
    ],
  },
  {
    title: 'Pages of other origins',
    fields: ['cors', 'allowed_origins'],
    text: [
      'An origin is a scheme, a host and a port, as browsers write it: `https://app.example.com`. Neither `*` nor `null` is one. A page of an origin that is not listed gets no access, and its preflights are handled like any other request.',
      'The preflight of a listed origin is answered by the proxy: it never reaches the application and needs no session. If the application sends `Access-Control-Allow-Origin` in its answer to the call itself, that answer is left as it is; otherwise the proxy adds the header for the listed origins, with `Vary: Origin`. Pages of other origins can never read the addresses of the proxy itself (`/oauth2/…`) or a launcher.',
      'The session cookie is `SameSite=Lax`: browsers send it only from pages of the same site, such as from `https://app.example.com` to `https://api.example.com`. So `credentials: true` has no effect for pages of other sites.',
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
      'Applications receive the identity of the person in `X-Forwarded-User`, `X-Forwarded-Email` and `X-Forwarded-Groups` (only groups that the route names), and facts about the request in `X-Forwarded-Host`, `X-Forwarded-Proto`, `X-Forwarded-Port`, `X-Forwarded-For` and `X-Request-Id`. If a browser sends these headers, they are removed. `inject_request_headers` cannot set them.',
      '`strip_request_headers` is applied before headers are set. So an injected header of the same name still arrives, and so do the headers of the proxy itself.',
      'Answers carry `X-Content-Type-Options: nosniff`, `X-Frame-Options: SAMEORIGIN`, `X-XSS-Protection: 1; mode=block` and, where browsers come over HTTPS, `Strict-Transport-Security`, even if the application sends other values. `header_overrides` changes them, and sets any other header in place of what the application sends.',
    ],
  },
  {
    title: 'Assertions',
    fields: ['assertion_header', 'assertion_claims'],
    text: [
      'With `ASSERTION_KEY` the application receives the identity of the person in a form that it can verify: a signed token, valid for five minutes and for this one application. [verifying-identity.md](verifying-identity.md) shows how. Without that variable both options have no effect, and the header never arrives.',
    ],
  },
  {
    title: 'Time',
    fields: ['timeout', 'reset_deadline', 'keep_alive'],
    text: [
      'A duration is a number with its unit, one or several: `500ms`, `10s`, `1m30s`, `2h`. Zero means the default.',
    ],
  },
  {
    title: 'An application that starts with the proxy',
    fields: ['wait_for'],
    text: [
      'A proxy beside its application, in the same task or pod, often starts before it. With `wait_for` the proxy is ready (`/ping`, and `/readyz` on the admin port) only when the application has answered. It is asked about twice a second, on the way of any request: TLS options, `protocol`, `preserve_host` and `to: unix:…` apply. If the time is over, the process ends with exit code 1 and says for which route, so that its platform starts it again.',
      '`wait_for` counts when the proxy starts. A reload neither waits nor ends anything. Write it for an application that starts and stops with the proxy: if one proxy has many applications, one that is broken keeps all of them from being started again.',
    ],
  },
  {
    title: 'Databases, SSH and other TCP',
    fields: ['tcp', 'starttls', 'ssh_certificate'],
    text: [
      'With `to: tcp://db.internal:5432` the proxy carries bytes unchanged between a program on the machine of the person and the application. `latchkey tunnel db.corp.example.com` opens the connection: [beyond-http.md](beyond-http.md). Nothing of such a route is public, tokens count there without `bearer: true`, and the rules about people, groups and policies are those of every route. A connection is checked every `SESSION_TTL_VALID`, and ends with its session.',
      'Options about requests and headers have no effect there. TLS, if any, is between the two programs. With `to: tls://cache.internal:6379`, or with `starttls: postgres` beside `to: tcp://…`, the proxy speaks TLS with the application, by the options of [TLS to the application](#tls-to-the-application), and the program of the person speaks without it.',
    ],
  },
  {
    title: 'An application that nobody reaches from outside',
    fields: ['connectors', 'via'],
    text: [
      'A connector beside the application dials out to the proxy, and requests come to it on that connection. [connectors.md](connectors.md) explains everything.',
      yaml(`service_accounts:
  - name: grafana-connector
    secret_hashes:
      - hash: sha256:61fc684a1d16daf5d9a72f3fdee6aacd6156e9faec55baac8209598741945889
connectors:
  - name: grafana-prod
    service_account: grafana-connector
services:
  - service: grafana
    default:
      from: grafana.corp.example.com
      to: http://localhost:3000
      options:
        via: grafana-prod
        allowed_groups: [engineering@example.com]`),
    ],
  },
  {
    title: 'An application behind the IAM of AWS',
    fields: ['aws_sigv4'],
    text: [
      'With `aws_sigv4` a request reaches a service that asks for AWS credentials (VPC Lattice with an auth policy, API Gateway and function URLs with IAM) as one of the proxy. Credentials are found as in every SDK of AWS: the task role on ECS, the role of a service account on EKS, variables elsewhere; they are renewed before they expire. They need the permission to call the service, such as `vpc-lattice-svcs:Invoke`. If there are no credentials, the request is answered 502 (`aws_credentials`), with the reason in the log line.',
      'The signature covers `Host`, `Content-Type`, the headers about the caller, and those of `inject_request_headers`. It does not cover headers that servers in between change, such as `X-Forwarded-For`. Nor does it cover the body (`UNSIGNED-PAYLOAD`), so that bodies are streamed; TLS protects the body, so write `to: https://…`.',
      '`wait_for` asks without a signature: such an application answers 403, so write `expect: 200-403`.',
    ],
  },
  {
    title: 'HTTP/2 and gRPC',
    fields: ['protocol'],
    text: [
      'The client and the application may use different protocols: the proxy translates. Bodies are streamed in both directions, and trailers, which gRPC needs, are forwarded. gRPC callers come over HTTP/2 (`SERVER_HTTP2`, see [operating.md](operating.md#grpc-and-http2)).',
      '`timeout` is the time between the end of the request and the headers of the answer. A gRPC server that sends its headers late, for a subscription for example, needs a longer one. A signed request is held until it is complete, so a gRPC stream needs `skip_request_signing: true` if there is a signing key.',
    ],
  },
  {
    title: 'WebSockets, streams, service workers',
    fields: ['flush_interval', 'allow_root_service_worker'],
    text: [
      'WebSockets, event streams and long downloads need no option: `timeout` is over when the answer begins. The handshake of a WebSocket is checked by the same rules as any request. If a person is signed in, it must come from a page of the same host or of one of `allowed_origins`. An open WebSocket, and an answer that is still being sent, is checked again every `SESSION_TTL_VALID`, a WebSocket also after each reload, and ended when its person no longer has access.',
    ],
  },
  {
    title: 'A server in front that forwards by itself',
    fields: ['forward_auth'],
    text: [
      'nginx, Caddy, Traefik or Envoy can forward to the application themselves and ask the proxy about each request; [forward-auth.md](forward-auth.md) has what to copy. The same rules apply as for a request that the proxy forwards, public paths included. The answer brings the identity headers only: `inject_request_headers`, `timeout` and similar options apply only to requests that the proxy forwards.',
    ],
  },
  {
    title: 'Signatures',
    fields: ['skip_request_signing'],
    text: [
      'Requests are signed if the proxy has a key: `Gap-Signature` with `SSO_CONFIG_<SERVICE>_SIGNING_KEY`, `Sso-Signature` with `REQUESTSIGNER_KEY`. The signature covers the body, so the request is held in memory until it is complete. A body of more than 16 MiB is answered 413.',
    ],
  },
  {
    title: 'TLS to the application',
    fields: ['ca_file', 'client_cert_file', 'client_key_file', 'server_name', 'tls_skip_verify'],
    text: [
      'With `to: https://…` the certificate of the application must be for the host of `to`, also with `preserve_host`. It must come from a known certificate authority, or with `ca_file` from one of yours. `NODE_EXTRA_CA_CERTS` adds an authority for all connections of the proxy.',
      'These files are read together with the upstream file, and again within seconds after a change; the next connection uses the new content. If one of the files cannot be used, the proxy reports it ([LK313](diagnostics.md#lk313-a-file-for-tls-that-cannot-be-used)) and keeps the former content of all of them: a new certificate waits for its key. A new upstream file is applied nevertheless, unless it names a combination of files that was not in use before. If a file cannot be used when the proxy starts, it does not start.',
    ],
  },
  {
    title: 'A certificate that says who asks',
    fields: ['client_identity'],
    text: [
      'Protocols without headers, and applications that trust certificates alone, learn the person by mutual TLS: the proxy issues a client certificate for each session and shows it to the application. [beyond-http.md](beyond-http.md#identity-for-protocols-without-headers) has PostgreSQL and Redis that ask for it, and how to keep the key of the authority.',
      yaml(`- service: orders
  default:
    from: orders.corp.example.com
    to: tcp://db.internal:5432
    options:
      allowed_groups: [dba@example.com]
      starttls: postgres
      ca_file: /etc/latchkey/internal-ca.pem
      client_identity:
        ca_cert_file: /etc/latchkey/people-ca.pem
        ca_key_file: /etc/latchkey/people-ca.key
        subject: 'CN={email}'
        san_uri: 'spiffe://corp/user/{sub}'`),
      '`{email}` is the address of the person, `{user}` its part before the `@` (two people of two domains may have the same: [LK655](diagnostics.md#lk655-one-name-for-two-people-in-certificates)), `{sub}` what the provider calls them, and `{idp}` the slug of that provider. `{sub}` and `{idp}` are known of sessions, not of tokens of another issuer. A caller without such a fact is refused with `client_identity` (502). `lifetime` is how long a new connection may be opened with a certificate; one that is open ends with its session.',
      'The files are read as those for TLS are, and again within seconds after a change.',
    ],
  },
  {
    title: 'Several hosts, several environments',
    fields: ['extra_routes'],
    text: [
      'In addition to `default`, which applies everywhere, a service may have a section for each environment. The name of the section is the value of `UPSTREAM_CLUSTER` in that environment. `{{name}}` is replaced by `SSO_CONFIG_NAME`. Options for all services go into `defaults`, with the services below `services`:',
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
      'If an option is written in several places, the first of these counts: the extra route, the section of the environment, `default`, `defaults`, the environment variables. A list replaces the whole list. Only headers are merged, name by name. `false` counts as a value; a key without a value does not. `latchkey routes` shows the result.',
    ],
  },
  {
    title: 'The launcher',
    fields: ['title', 'description', 'icon', 'hidden'],
    text: [
      'A route of `type: launcher` is a page with the applications that a person may open. Routes with patterns are not on it.',
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
