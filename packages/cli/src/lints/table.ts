import type { FindingKind } from '../finding.ts';

/** What one kind of lint means, as docs/diagnostics.md tells it. */
type LintKind = FindingKind & { readonly title: string; readonly text: string };

/**
 * What `latchkey check` says beyond the diagnostics of the file itself, whose codes end at 4xx. A code never changes its
 * meaning and is never used again. 5xx: allowed, and seldom meant. 6xx: the env files, and the upstream file beside them.
 */
export const lints = {
  publicUnanchored: {
    code: 'LK501',
    severity: 'warning',
    title: 'A public pattern without an anchor',
    text: 'A pattern in `skip_auth_regex` matches anywhere in the path unless it begins with `^`: `/public/` also makes `/admin/public/` public. Begin it with `^`, and end it with `$` if nothing may follow.',
  },
  publicAdmin: {
    code: 'LK502',
    severity: 'warning',
    title: 'A public pattern that opens a path for administrators',
    text: 'A pattern in `skip_auth_regex` matches a path that is usually not for everybody, such as `/admin`, `/actuator` or `/.env`. Everybody can open it without a sign-in. Name the public paths one by one.',
  },
  openToAll: {
    code: 'LK503',
    severity: 'warning',
    title: 'Open to everybody who can sign in',
    text: 'A list with only `*` lets in everybody who can sign in at the provider and is admitted by auth, also guests and outside accounts. Name the domains: `allowed_email_domains: [example.com]`.',
  },
  certificateUnchecked: {
    code: 'LK504',
    severity: 'warning',
    title: 'The certificate of the application is not checked',
    text: 'With `tls_skip_verify` anybody on the network between the proxy and the application can pretend to be the application, and then gets the requests and the identity of all people. Give the application a certificate that can be checked (`ca_file`).',
  },
  foreignHost: {
    code: 'LK505',
    severity: 'warning',
    title: 'The client chooses the host that is forwarded to',
    text: 'A part of the requested host becomes a part of the host in `to`. So the client chooses which host of the network, or of the internet, the proxy connects to; the message gives an example. A number can be an address, too: `2852039166` is 169.254.169.254. A suffix that others share is not enough: anybody can have a name below `co.uk` or `github.io`, and `metadata.google.internal` is below `internal`. End the host of `to` with a domain of your own, `http://$1.internal.example.com`, or let the group match a list of names, `^(wiki|docs)\\.`, or a single label, `^([a-z0-9-]+)\\.`, in front of a name of your network.',
  },
  neverMatches: {
    code: 'LK506',
    severity: 'warning',
    title: 'A route that is never reached',
    text: 'Simple routes come first, then patterns in file order; patterns of extra routes come last. Every host that this pattern matches already belongs to another route. Move the pattern up, or remove it.',
  },
  secretInFile: {
    code: 'LK507',
    severity: 'warning',
    title: 'A secret in the file',
    text: 'The file contains something that looks like a credential. Everybody who can read the file or its history can read it. Put it into a variable, `SSO_CONFIG_WIKI_TOKEN`, and write `{{wiki_token}}` in its place. Then replace the credential, because others may know the old one.',
  },
  identityHeader: {
    code: 'LK508',
    severity: 'warning',
    title: 'A header that only the proxy sets',
    text: 'Headers about the identity and the address of the client are set only by the proxy, in every spelling of the name. `inject_request_headers` cannot set them, so the line has no effect. Choose another name.',
  },
  localPort: {
    code: 'LK509',
    severity: 'warning',
    title: 'The client chooses a port of the machine of the proxy',
    text: 'The host in `to` is the machine of the proxy itself, or its cloud, and a part of the requested host is the port. So a client could try every port. The proxy refuses to connect there, unless `UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS` is set. Write a route for each application, with its port.',
  },
  pathInPattern: {
    code: 'LK510',
    severity: 'warning',
    title: 'A path in the pattern of a host',
    text: 'With `type: rewrite`, `from` is matched against the requested host, which has no scheme and no `/`. So a pattern with a scheme or a path never matches. A route is for all paths of its host. Remove the scheme and the path. A path that is added to all requests may be in `to`.',
  },
  noRoute: {
    code: 'LK511',
    severity: 'error',
    title: 'No route is left',
    text: 'The file has no service, or none with a section for this cluster. A running proxy refuses such a file and keeps its routes; a proxy that starts with it answers 421 to everybody. If that is intended, set `UPSTREAM_RELOAD_ALLOW_LOSS=true`. A file that removes more than half of the routes is refused as well; `latchkey diff`, which compares two files, reports that.',
  },
  adminForDomain: {
    code: 'LK512',
    severity: 'warning',
    title: 'A whole domain on an application for administrators',
    text: 'The application seems to be for administrators: the name of the route, its host or the path in `to` is that of a known tool (`admin`, `vault`, `jenkins`, `argocd`, `rundeck`, `portainer`, `phpmyadmin`, `pgadmin`), or a rule names a path such as `/admin`. But the route lets in all addresses of a domain: every employee, and anyone who takes over one of their accounts. Name a group. There is no warning if the policy of the route or the guardrail has a `deny_if`.',
  },
  scopeOfNobody: {
    code: 'LK513',
    severity: 'warning',
    title: 'A scope that no token can have',
    text: '`allowed_scopes` and `machine.scopes` are about machines: service accounts, whose scopes are in the file, and tokens of `issuers`. The file has no issuers, and no service account has this scope. It may be misspelt. Scopes that a person approves for a program do not count: they let nobody in.',
  },
  ruleNever: {
    code: 'LK514',
    severity: 'warning',
    title: 'A rule that is never true',
    text: 'The conditions of the rule contradict each other: a method that is `GET` and `POST`, an address that equals one of a list and is outside that list, a caller who is a person and a machine. Usually `||` is meant where `&&` is written. Such an `allow_if` lets in nobody. Such a `deny_if` refuses only requests for which it cannot be decided.',
  },
  ruleForAll: {
    code: 'LK515',
    severity: 'warning',
    title: 'A rule that is always true',
    text: 'An `allow_if` that is true for every person lets in everybody who can sign in: `has(user.email)`, or `user.email != "a" || user.email != "b"`, where one side is always true. A `deny_if` that is always true refuses everybody. Usually `&&` is meant where `||` is written.',
  },
  nobodyPasses: {
    code: 'LK516',
    severity: 'warning',
    title: 'Rules that together refuse everybody',
    text: 'Each of the rules lets somebody pass, but together they refuse everybody. For example, two rules require two different domains, or one refuses people and the other one machines. Nobody who is signed in gets in. If somebody could pass all rules, there is no warning, even if no such person exists today.',
  },
  ruleBehindGate: {
    code: 'LK517',
    severity: 'warning',
    title: 'An `allow_if` whose people a `deny_if` refuses',
    text: 'A `deny_if` comes first, in the guardrail and in the route. It also refuses everybody for whom it cannot be decided: `user.domain != "example.com"` refuses every machine, because a machine has no `user`. So the `allow_if` lets in nobody. Begin a `deny_if` about people with `has(user.email) && …`.',
  },
  ruleAmbiguousPath: {
    code: 'LK518',
    severity: 'warning',
    title: 'An `allow_if` that matches more paths than intended',
    text: 'In an `allow_if`, `request.path.startsWith("/shared")` is also true for `/shared-secrets`, and `.contains("/public/")` for `/admin/public/`. A pattern without `^` matches anywhere. Write `request.path == "/shared" || request.path.startsWith("/shared/")`. Paths are compared exactly. If the application answers `/Shared` like `/shared`, write `request.path.lowerAscii()`.',
  },
  settingRefused: {
    code: 'LK601',
    severity: 'error',
    title: 'A variable that keeps a service from starting',
    text: 'The service does not start with this env file. [configuration.md](configuration.md) describes every variable.',
  },
  settingDoubtful: {
    code: 'LK602',
    severity: 'warning',
    title: 'A variable with a warning',
    text: 'The service starts with this env file, and writes this warning into its log.',
  },
  settingElsewhere: {
    code: 'LK603',
    severity: 'warning',
    title: 'A required secret is not in the env file',
    text: 'The service does not start without this secret. It is only a warning here, because secrets usually come from another place than the env file.',
  },
  servicesDisagree: {
    code: 'LK604',
    severity: 'warning',
    title: 'The settings of the proxy and of auth do not match',
    text: 'Both services need the same values: the client id and secret of the proxy, the address of auth, and, for one session on all hosts, the name, the domain and the secret of the cookie. Otherwise the proxy is not ready, nobody can sign in, or a sign-in takes more redirects than needed; the message says which. `latchkey check` compares the two if it gets the env files of both services.',
  },
  providerUnknown: {
    code: 'LK605',
    severity: 'warning',
    title: 'A provider that auth does not have',
    text: '`provider_slug`, or `UPSTREAM_DEFAULT_PROVIDER` if the route has none, has to be one of the `PROVIDER_X_SLUG` of auth, or a list of them. Otherwise people who open this application are sent to a sign-in page that does not exist (404). If the wrong one is not the first in the list, people only cannot choose it.',
  },
  returnRefused: {
    code: 'LK606',
    severity: 'warning',
    title: 'A host that auth sends nobody back to',
    text: 'After a sign-in, auth redirects people only to the domains in `AUTHORIZE_PROXY_DOMAINS` and their subdomains, so that nobody can misuse it to send people elsewhere. The host of this route is not among them, so signing in there ends with an error.',
  },
  nobodyAsks: {
    code: 'LK607',
    severity: 'warning',
    title: 'A server in front that is not trusted',
    text: 'With `forward_auth` a server in front describes the request that it asks about. This is trusted only if `SERVER_TRUSTED_PROXIES` of the proxy contains its address. The list is empty, so no server is trusted, and the answers are only about the host: no path is public, and no identity is sent. Add the address of that server, and no address of another program that can reach the proxy.',
  },
  nobodySaysDevice: {
    code: 'LK520',
    severity: 'warning',
    title: 'Device headers without a trusted server',
    text: 'A header of `device_headers` counts only from servers in `SERVER_TRUSTED_PROXIES` of the proxy. The list is empty, so these facts are always absent: a rule that reads them refuses, or lets nobody in. Add the address of the server in front, and no address of another program that can reach the proxy.',
  },
  keyFileElsewhere: {
    code: 'LK522',
    severity: 'notice',
    title: 'A file with keys of an issuer that was not checked',
    text: 'The file that `jwks_file` names is not on this machine, so it could not be checked. The proxy reads it when it starts, and does not start without keys in it ([LK521](#lk521-a-file-with-keys-of-an-issuer-that-cannot-be-used)).',
  },
  nameOfTwo: {
    code: 'LK655',
    severity: 'warning',
    title: 'One name for two people in certificates',
    text: '`{user}` in `principals`, `subject` or `san_uri` is the part of the e-mail address before the `@`. So `sshd` and the application cannot tell ann@partner.example from ann@example.com. The route lets in groups, or more than one domain, so both may get in. Write `{email}`, or name only one domain in `allowed_email_domains`, or refuse the others with a `deny_if` (`user.domain != "example.com"`). With `{user}`, a mailbox that has the name of an account of the machine (`postgres@`, `ubuntu@`) always becomes that account. If `latchkey check` gets the env file of auth, and auth admits only one domain, there is no warning.',
  },
  sharedSshAuthority: {
    code: 'LK656',
    severity: 'warning',
    title: 'One SSH authority for routes with different rules',
    text: 'An sshd checks only the authority and the names in a certificate. It knows nothing of routes. So a person who gets a certificate at one route can use it at the sshd of the other route, if that sshd can be reached. Make one authority for each set of rules (`ssh-keygen -t ed25519`), and name it in `ca_key_file` of the route and in `TrustedUserCAKeys` of the sshd.',
  },
} as const satisfies Record<string, LintKind>;

/** The sections of docs/diagnostics.md about lints: one heading for each code, below those of the upstream file. */
export function renderLintReference(): string {
  const kinds: readonly LintKind[] = Object.values(lints);
  return kinds
    .map(
      ({ code, severity, title, text }) =>
        `## ${code}: ${title}\n\n_${severity === 'error' ? 'Error' : 'Warning'}, by \`latchkey check\`._ ${text}\n`,
    )
    .join('\n');
}
