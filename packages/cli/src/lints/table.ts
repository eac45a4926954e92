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
    text: 'A pattern in `skip_auth_regex` matches anywhere in the path unless it begins with `^`: `/public/` also opens `/admin/public/`. Begin it with `^`, and end it with `$` where nothing may follow.',
  },
  publicAdmin: {
    code: 'LK502',
    severity: 'warning',
    title: 'A public pattern that opens a path for administrators',
    text: 'A pattern in `skip_auth_regex` matches a path under which applications keep what is not for everybody, such as `/admin`, `/actuator` or `/.env`. Nobody has to sign in there. Name the public paths one by one.',
  },
  openToAll: {
    code: 'LK503',
    severity: 'warning',
    title: 'Open to everybody who can sign in',
    text: 'A list that is `*` alone lets in everybody whom the provider signs in, guests and outside accounts included, as far as auth admits them. Name the domains: `allowed_email_domains: [example.com]`.',
  },
  certificateUnchecked: {
    code: 'LK504',
    severity: 'warning',
    title: 'The certificate of the application is not checked',
    text: 'With `tls_skip_verify` anybody between the proxy and the application can act as the application, and receives the requests and the identity of all people. Give the application a certificate that can be checked.',
  },
  foreignHost: {
    code: 'LK505',
    severity: 'warning',
    title: 'The client chooses the host that is forwarded to',
    text: 'A part of the requested host becomes a part of the host in `to`, so the client chooses which host of the network, or of the internet, is reached; the message gives an example. Numbers count too: `2852039166` is an address. A shared suffix is not enough: anybody can have a name below `co.uk` or `github.io`, and `metadata.google.internal` is below `internal`. End the host of `to` with a domain of your own, `http://$1.internal.example.com`, or let the group match a list of names, `^(wiki|docs)\\.`, or a single label, `^([a-z0-9-]+)\\.`, in front of a name of your network.',
  },
  neverMatches: {
    code: 'LK506',
    severity: 'warning',
    title: 'A route that is never reached',
    text: 'Hosts that are written out come first, then patterns in file order, extra routes last. Every host that this pattern matches already belongs to another route. Move it up, or take it out.',
  },
  secretInFile: {
    code: 'LK507',
    severity: 'warning',
    title: 'A secret in the file',
    text: 'The file contains something that looks like a credential. Everybody who can read the file or its history can read it. Put it into a variable, `SSO_CONFIG_WIKI_TOKEN`, write `{{wiki_token}}` in its place, and change the credential, because the old one is known.',
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
    title: 'The client chooses a port of the own machine',
    text: 'The host in `to` is the machine of the proxy itself, or its cloud, and a part of the requested host is the port: a client could try every port. The proxy refuses to connect there, unless `UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS` is set. Write a route for each application, with its port.',
  },
  pathInPattern: {
    code: 'LK510',
    severity: 'warning',
    title: 'A path in the pattern of a host',
    text: 'With `type: rewrite`, `from` is matched against the requested host, which has no scheme and never contains `/`. A pattern with a scheme or a path never matches, and a route answers for every path of its host. Remove the scheme and the path; a path for all requests may be written in `to`.',
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
    title: 'A whole domain where administrators work',
    text: 'The name of the route, its host or the path in `to` is one that tools for administrators have (`admin`, `vault`, `jenkins`, `argocd`, `rundeck`, `portainer`, `phpmyadmin`, `pgadmin`), or a rule names a path such as `/admin`, and all addresses of a domain are let in: every employee, and anyone who takes over one of their accounts. Name a group. A `deny_if` in the policy of the route or in the guardrail counts as a limit, and then nothing is said.',
  },
  scopeOfNobody: {
    code: 'LK513',
    severity: 'warning',
    title: 'A scope that nobody gives',
    text: '`allowed_scopes` and `machine.scopes` are about machines: service accounts, whose scopes the file has, and tokens of `issuers`. There are no issuers, and no service account has this scope. It may be misspelt. A person who lets a program act for them approves scopes, but is let in by none.',
  },
  ruleNever: {
    code: 'LK514',
    severity: 'warning',
    title: 'A rule that never holds',
    text: 'What the rule asks for cannot be at once: a method that is `GET` and `POST`, an address that is one and is outside a list in which it stands, somebody who is a person and a machine. Most often `||` was meant where `&&` is written. An `allow_if` of this kind lets in nobody. A `deny_if` refuses those for whom it cannot be decided, and nobody else.',
  },
  ruleForAll: {
    code: 'LK515',
    severity: 'warning',
    title: 'A rule that leaves nothing out',
    text: 'An `allow_if` that holds of every person lets in everybody who can sign in: `has(user.email)`, or `user.email != "a" || user.email != "b"`, of which one always holds. A `deny_if` that never fails to hold refuses everybody. Most often `&&` was meant where `||` is written.',
  },
  nobodyPasses: {
    code: 'LK516',
    severity: 'warning',
    title: 'Rules that nobody passes together',
    text: 'Each of the rules lets somebody pass, and nobody passes all of them: one wants a domain, and another one a different one, or one refuses people and another one machines. Nobody who is signed in gets in. Rules that may be passed by some are not reported, even if nobody is among them today.',
  },
  ruleBehindGate: {
    code: 'LK517',
    severity: 'warning',
    title: 'A rule that lets in, behind one that refuses the same',
    text: 'A `deny_if` is asked first, in the guardrail and in the route, and what it cannot tell it refuses, too: `user.domain != "example.com"` refuses every machine, which has no `user`. So the `allow_if` lets in nobody. Write `has(user.email) && …` in front of a `deny_if` about people.',
  },
  ruleAmbiguousPath: {
    code: 'LK518',
    severity: 'warning',
    title: 'A rule that lets in on paths that it does not mean',
    text: 'In an `allow_if`, `request.path.startsWith("/shared")` also holds of `/shared-secrets`, `.contains("/public/")` of `/admin/public/`, and a pattern without `^` matches anywhere. Write `request.path == "/shared" || request.path.startsWith("/shared/")`. Paths are compared exactly: an application that takes `/Shared` for the same has to be asked about by `request.path.lowerAscii()`.',
  },
  settingRefused: {
    code: 'LK601',
    severity: 'error',
    title: 'A variable that keeps a service from starting',
    text: 'The service whose variables these are does not start with this env file. docs/configuration.md describes every variable.',
  },
  settingDoubtful: {
    code: 'LK602',
    severity: 'warning',
    title: 'A variable with a warning',
    text: 'The service starts with this env file and leaves this line in its log.',
  },
  settingElsewhere: {
    code: 'LK603',
    severity: 'warning',
    title: 'A required secret is not in the env file',
    text: 'Secrets seldom stand in an env file, so this is no error here. The service does not start without it, wherever it comes from.',
  },
  servicesDisagree: {
    code: 'LK604',
    severity: 'warning',
    title: 'The settings of the proxy and of auth do not match',
    text: 'Both services need the same values: the name and secret of the proxy, the address of auth, and, for one session on all hosts, the name, the domain and the secret of the cookie. Otherwise the proxy is not ready, nobody can sign in, or signing in takes more redirects than needed; the message says which. With the env files of both services, `latchkey check` compares them.',
  },
  providerUnknown: {
    code: 'LK605',
    severity: 'warning',
    title: 'A provider that auth does not have',
    text: 'People who open this application are sent to a sign-in page that does not exist at auth (404); a provider that is not the first of a list cannot be chosen. `provider_slug`, or `UPSTREAM_DEFAULT_PROVIDER` where it is left out, is one of the `PROVIDER_X_SLUG` of auth, or a list of them.',
  },
  returnRefused: {
    code: 'LK606',
    severity: 'warning',
    title: 'A host that auth sends nobody back to',
    text: 'After the sign-in, auth sends people to hosts of `AUTHORIZE_PROXY_DOMAINS` and below only, so that nobody can use it to lead people elsewhere. The host of this route is none of them, and signing in there ends with an error.',
  },
  nobodyAsks: {
    code: 'LK607',
    severity: 'warning',
    title: 'A server in front that is not trusted',
    text: 'With `forward_auth` a server in front describes the request that it asks about. This is trusted only if `SERVER_TRUSTED_PROXIES` of the proxy contains its address. The list is empty, so no server is trusted, and the answers are only about the host: no path is public, and no identity is sent. Add the address of the server, and no address of others that can reach the proxy.',
  },
  nobodySaysDevice: {
    code: 'LK520',
    severity: 'warning',
    title: 'Headers about devices that nobody is trusted to say',
    text: 'What a header of `device_headers` says counts only from servers that `SERVER_TRUSTED_PROXIES` of the proxy names. The list is empty, so these facts are always absent: a rule that reads them refuses, or lets nobody in. Add the address of the server in front, and no address of others that can reach the proxy.',
  },
  keyFileElsewhere: {
    code: 'LK522',
    severity: 'notice',
    title: 'A file with keys of an issuer that was not looked at',
    text: 'The file that `jwks_file` names is not on this machine, so nothing can be said of it here. The proxy looks at it when it starts, and does not start without keys in it ([LK521](#lk521-a-file-with-keys-of-an-issuer-that-cannot-be-used)).',
  },
  nameOfTwo: {
    code: 'LK655',
    severity: 'warning',
    title: 'One name for two people in certificates',
    text: '`{user}` in `principals`, `subject` or `san_uri` is what stands before the `@`: with it ann@partner.example is `ann` of your own domain, to `sshd` and to the application. The route lets in groups, or more than one domain, so that may come to pass. Write `{email}`; or name one domain in `allowed_email_domains`, or refuse the others with a `deny_if` (`user.domain != "example.com"`). A mailbox that is called as an account of the machine (`postgres@`, `ubuntu@`) becomes that account in any case. With the env file of auth, nothing is said where auth admits one domain.',
  },
  sharedSshAuthority: {
    code: 'LK656',
    severity: 'warning',
    title: 'One SSH authority for routes with different rules',
    text: 'An sshd goes by the key of the authority and by the names in a certificate, and knows nothing of routes: who gets a certificate at one route can show it at the sshd of the other, if they reach it. Make an authority for each set of rules (`ssh-keygen -t ed25519`), and name it in `ca_key_file` and in `TrustedUserCAKeys` there.',
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
