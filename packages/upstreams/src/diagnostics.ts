/** What one kind of diagnostic means, as docs/diagnostics.md tells it. */
type DiagnosticKind = {
  code: `LK${number}`;
  severity: 'error' | 'warning';
  title: string;
  text: string;
};

/**
 * Every diagnostic of an upstream file, under the name that this package calls it by. A code never changes its meaning
 * and is never used again: operators search for it and silence it in their pipelines.
 * 1xx: reading the text. 2xx: the shape of the file. 3xx: what a route becomes. 4xx: who gets in.
 */
export const diagnosticKinds = {
  fileTooLarge: {
    code: 'LK101',
    severity: 'error',
    title: 'The file is too large',
    text: 'The file, with the values of its `{{name}}` variables filled in, is larger than 4 MiB. Ten thousand routes fit into 4 MiB, so this is most likely not an upstream file. Check the path, or remove what does not belong there.',
  },
  notUtf8: {
    code: 'LK102',
    severity: 'error',
    title: 'The file is not UTF-8 text',
    text: 'The bytes at this place are not UTF-8. Save the file as UTF-8. A file that was compressed, encrypted or saved as UTF-16 looks like this too.',
  },
  controlCharacter: {
    code: 'LK103',
    severity: 'error',
    title: 'A character that YAML does not allow',
    text: 'NUL and other control characters may not stand in YAML, not even inside quotes. Take the character out. A file full of NUL is usually a half-written one.',
  },
  tabIndentation: {
    code: 'LK104',
    severity: 'error',
    title: 'A tab in the indentation',
    text: 'YAML is indented with spaces. Replace the tab by spaces, as many as the neighbouring lines have.',
  },
  yamlSyntax: {
    code: 'LK105',
    severity: 'error',
    title: 'The text is not YAML',
    text: 'The YAML parser stops at this place. The mistake is often a little before it: a missing quote or bracket, a wrong indentation, or an unquoted value that starts with `*`, `&`, `!`, `%`, `@`, `{` or `[` or that contains `: `. Put quotes around such a value.',
  },
  templateUnresolved: {
    code: 'LK106',
    severity: 'error',
    title: 'A template variable has no value',
    text: '`{{name}}` is replaced by the environment variable `SSO_CONFIG_NAME`, and that one is not set. The name in the file is in lower case and has no spaces around it. `{{cluster}}` needs `SSO_CONFIG_CLUSTER`; it does not follow from `UPSTREAM_CLUSTER`. Placeholders in comments are not looked at.',
  },
  aliasExpansion: {
    code: 'LK107',
    severity: 'error',
    title: 'The aliases expand to too much',
    text: 'With every `*alias` replaced by its value, the file has more than 500 000 values. A few aliases that contain other aliases are enough for that. Use fewer levels of aliases.',
  },
  aliasUnknown: {
    code: 'LK108',
    severity: 'error',
    title: 'An alias without its anchor',
    text: '`*name` refers to a value that was marked with `&name` earlier in the file, and there is none, or the alias stands inside the very value that it refers to. A value that merely starts with `*`, such as the wildcard, needs quotes: `"*"`.',
  },
  keyUnusable: {
    code: 'LK109',
    severity: 'error',
    title: 'A key that is not a plain name',
    text: 'Keys are names. A list or a mapping cannot be a key, and neither can `__proto__`.',
  },
  mergeUnusable: {
    code: 'LK110',
    severity: 'error',
    title: '`<<` needs a mapping',
    text: '`<<` takes over the keys of a mapping, or of a list of mappings: `<<: *common`.',
  },
  tagUnknown: {
    code: 'LK111',
    severity: 'error',
    title: 'A YAML tag that means nothing here',
    text: 'Of the YAML tags only the basic ones are read: `!!str`, `!!bool`, `!!int`, `!!float`, `!!null`, `!!seq`, `!!map` and `!!merge`. Write the value without a tag, in quotes where it begins with `!`.',
  },
  duplicateKey: {
    code: 'LK112',
    severity: 'warning',
    title: 'The same key twice',
    text: 'A mapping has this key more than once. The last one counts and the earlier ones are dropped. Keep one.',
  },
  moreDocuments: {
    code: 'LK113',
    severity: 'warning',
    title: 'More than one document',
    text: 'A line with `---` starts another YAML document. Only the first document is read, so the services below that line do not exist. Take the line out.',
  },
  rootShape: {
    code: 'LK201',
    severity: 'error',
    title: 'The file is neither a list of services nor a map with `services`',
    text: 'The file is a list, each entry of which begins with `- service: name`. For settings that hold for all services it may instead be a map with `services:`, which holds that list, and `defaults:`, which holds options.',
  },
  unknownKey: {
    code: 'LK202',
    severity: 'warning',
    title: 'A key that is not known',
    text: 'This key is unknown and has no effect. It is often a misspelt option, and a misspelt restriction does not restrict. Correct it or remove it. In a file whose root is a map, keys that start with `x-` are ignored, as a place for anchors.',
  },
  notMapping: {
    code: 'LK203',
    severity: 'error',
    title: 'A mapping belongs here',
    text: 'Write keys with values here, each on its own indented line: `name: value`.',
  },
  notList: {
    code: 'LK204',
    severity: 'error',
    title: 'A list belongs here',
    text: 'Write a list here, even if it has only one entry: `[value]`, or one `- value` per line.',
  },
  notText: {
    code: 'LK205',
    severity: 'error',
    title: 'A text belongs here',
    text: 'Write one single value here, not a list and not a mapping.',
  },
  notBoolean: {
    code: 'LK206',
    severity: 'error',
    title: '`true` or `false` belongs here',
    text: 'Write `true` or `false` here; `yes`, `no`, `on`, `off`, `y` and `n` are read as well. In quotes they are texts, not truth values: leave the quotes out.',
  },
  notDuration: {
    code: 'LK207',
    severity: 'error',
    title: 'A duration belongs here',
    text: 'A duration is a number with its unit, one or several: `500ms`, `10s`, `1m30s`, `2h`. Units are `ns`, `us`, `ms`, `s`, `m` and `h`. A `+` in front changes nothing, and a negative duration is refused. A bare number is refused, because BuzzFeed SSO took it as nanoseconds: `timeout: 30` gave up at once. The shortest duration is `1ms`, the longest `500h`.',
  },
  emptyEntry: {
    code: 'LK208',
    severity: 'error',
    title: 'An empty entry',
    text: 'An entry of this list is empty. An empty pattern would match every path and make the whole site public; an empty group, domain or address means nothing. Write the entry or take the line out.',
  },
  serviceMissing: {
    code: 'LK209',
    severity: 'error',
    title: 'An entry without `service`',
    text: 'Every entry of the list has a `service`, the name under which it appears in logs and metrics: `- service: wiki`.',
  },
  misplaced: {
    code: 'LK210',
    severity: 'error',
    title: 'A setting beside the sections instead of inside one',
    text: 'Next to `service` stand the sections: `default` and one for each cluster. This key belongs inside a section. BuzzFeed SSO treated it as a section of that name and silently ignored it, with any restriction in it. Indent it below `default:`; the options go below `options:` in there.',
  },
  notSection: {
    code: 'LK211',
    severity: 'error',
    title: 'A value where a section belongs',
    text: 'Next to `service` stand sections, which are mappings, and the texts for the launcher: `title`, `description`, `icon` and `hidden`. Anything else with a simple value there is a mistake. To leave a note, use a comment: `# note`.',
  },
  headerUnusable: {
    code: 'LK212',
    severity: 'error',
    title: 'A header that cannot be set',
    text: "A header name is made of letters, digits and ``!#$%&'*+-.^_`|~``. A value has no line breaks and no control characters. Headers that control how the message is transferred (`Connection`, `Content-Length`, `Host`, `Keep-Alive`, `TE`, `Trailer`, `Transfer-Encoding`, `Upgrade`, `Proxy-Connection`) cannot be set from a file. `preserve_host` decides about `Host`. Letter case makes no difference to a header name, so a name may stand only once.",
  },
  publicPattern: {
    code: 'LK213',
    severity: 'error',
    title: 'A pattern in `skip_auth_regex` that cannot be read',
    text: 'Patterns are regular expressions in RE2 syntax, as in Go: no look-ahead, no look-behind, no back-references, at most 1000 repetitions and 1000 characters. A repetition counts as often as it repeats, so a dozen times `(a{1000})` is too large for one pattern. All patterns of a file together also have a limit, which ten thousand ordinary patterns do not reach. In double quotes a backslash is written twice; single quotes or none are easier.',
  },
  providerSlug: {
    code: 'LK214',
    severity: 'error',
    title: 'A provider slug that cannot stand in an address, or stands there twice',
    text: '`provider_slug` is the first part of the path of the sign-in address, the `PROVIDER_X_SLUG` of the auth service. It is made of letters, digits, `-`, `_`, `.` and `~`. A list names each provider once.',
  },
  oldSpelling: {
    code: 'LK215',
    severity: 'warning',
    title: 'An old spelling of an option',
    text: '`skipauthpreflight` and `passaccesstoken` directly in a section take effect, because they did in BuzzFeed SSO. Write `skip_auth_preflight` and `pass_access_token` below `options:` instead.',
  },
  noService: {
    code: 'LK216',
    severity: 'warning',
    title: 'The file names no service',
    text: 'The file is empty, or its list of services is. A proxy that starts with it knows no host and answers 421; one that is running refuses it and keeps the routes that it has.',
  },
  assertionHeader: {
    code: 'LK217',
    severity: 'error',
    title: 'A header that carries no assertion',
    text: "`assertion_header` is the name of a header, or a name and a scheme: `X-Identity`, `'Authorization: Bearer'`. It cannot be a header that controls the transfer of a message, a cookie header, a header that the proxy uses for something else (`X-Forwarded-…`, `X-Request-Id`), or one that `inject_request_headers` sets.",
  },
  assertionClaim: {
    code: 'LK218',
    severity: 'error',
    title: 'A claim that cannot be added',
    text: 'The claims of every assertion (`iss`, `aud`, `sub`, `email`, `email_verified`, `groups`, `idp`, `sid`, `auth_time`, `iat`, `nbf`, `exp`, `jti`) cannot be set by `assertion_claims`, so that they mean the same everywhere. A value that begins with `$` is one of `$email`, `$user`, `$name`, `$groups`, `$sub` and `$idp`; `$$` is a dollar sign.',
  },
  headerPattern: {
    code: 'LK219',
    severity: 'error',
    title: 'Not a header that can be stripped',
    text: 'An entry of `strip_request_headers` is the name of a header, or the beginning of names with one `*` at the end: `X-Debug-*`. A `*` elsewhere, or alone, is refused: alone it would remove `Accept` and `Content-Type`, too. Headers that control the transfer of the message (LK212) are never forwarded unchanged.',
  },
  originUnusable: {
    code: 'LK220',
    severity: 'error',
    title: 'Not an origin',
    text: 'An origin is a scheme, `http` or `https`, a host, and a port where it is not the usual one: `https://app.example.com`. It has no path, not even `/`, and no wildcard: list each origin. `null` is refused, because every sandboxed frame and every file on a disk has that origin.',
  },
  corsWord: {
    code: 'LK221',
    severity: 'error',
    title: 'Not a method or header that `cors` can name',
    text: '`methods` and `headers` of `cors` are lists of names: `[PUT, DELETE]`, `[X-Requested-With]`. `*` is refused, because with credentials browsers take it for a name like any other. Leave the list out to allow the listed origins all that they request.',
  },
  serverName: {
    code: 'LK222',
    severity: 'error',
    title: '`server_name` is not the name of a server',
    text: '`server_name` is the name that the certificate of the application holds: a host name without scheme, port and path. An IP address is not allowed; leave the option out if `to` is an IP address that the certificate contains.',
  },
  limitTooShort: {
    code: 'LK223',
    severity: 'error',
    title: 'A time limit that is too short',
    text: '`max_auth_age` and `idle_timeout` are at least `1m`. With less, people would have to sign in again before the page is shown.',
  },
  protocolUnknown: {
    code: 'LK224',
    severity: 'error',
    title: 'Not a protocol to speak with an application',
    text: '`protocol` is `http1`, `h2` or `h2c`. gRPC needs one of the latter two: `h2` where the application has TLS, `h2c` where it has not.',
  },
  protocolMismatch: {
    code: 'LK225',
    severity: 'error',
    title: 'A protocol that does not go with `to`',
    text: '`h2` is HTTP/2 over TLS and needs `to: https://…`; `h2c` is HTTP/2 without it, and needs `to: http://…` or `to: unix:/…`. Where `to` names no scheme, `UPSTREAM_SCHEME` does. The proxy does not guess which one is meant, because one of them sends everything unencrypted.',
  },
  sectionMissing: {
    code: 'LK301',
    severity: 'warning',
    title: 'A service without a section for this cluster',
    text: 'The service has neither a `default` section nor one named after `UPSTREAM_CLUSTER`, so it does not exist here. That is fine for a service of another cluster. Otherwise correct the name of the section.',
  },
  fromMissing: {
    code: 'LK302',
    severity: 'error',
    title: 'A route without `from`',
    text: '`from` is the host name that people type: `from: wiki.corp.example.com`. With `type: rewrite` it is a pattern for it.',
  },
  toMissing: {
    code: 'LK303',
    severity: 'error',
    title: 'A route without `to`',
    text: '`to` is the address of the application: `to: http://wiki.internal:8080`. Only `type: launcher` has none.',
  },
  typeUnknown: {
    code: 'LK304',
    severity: 'error',
    title: 'A type of route that does not exist',
    text: '`type` is `simple`, which is also what it is when left out, `rewrite`, or `launcher`. There is no type `static`.',
  },
  fromInvalid: {
    code: 'LK305',
    severity: 'error',
    title: '`from` is not a host name',
    text: '`from` of a simple route is a host name, with a port where one is needed: `wiki.corp.example.com` or `wiki.localhost:4180`. It has no wildcards: `type: rewrite` takes a pattern.',
  },
  toInvalid: {
    code: 'LK306',
    severity: 'error',
    title: '`to` is not an address',
    text: '`to` is a host name with, as needed, a scheme (`http` or `https`), a port, a path and a query. A Unix socket is written with its full path, `unix:/run/app.sock`, which cannot contain a part of the host name. It has no user name, no password and no `#fragment`. Credentials for the application go into `inject_request_headers`.',
  },
  rewritePattern: {
    code: 'LK307',
    severity: 'error',
    title: '`from` of a rewrite route is not a pattern',
    text: 'With `type: rewrite`, `from` is a regular expression in RE2 syntax, as in Go, that matches the whole host name: `^(.*)\\.corp\\.example\\.com$`. No look-ahead, no look-behind, no back-references, at most 1000 characters, and no larger than a public pattern may be (LK213).',
  },
  templateGroup: {
    code: 'LK308',
    severity: 'warning',
    title: '`to` refers to a group that `from` does not have',
    text: '`$name` takes as many letters, digits and underscores as there are, so `$1x` is the group named `1x`, which does not exist and is empty. Write `${1}x`. `$$` is a dollar sign.',
  },
  hostTaken: {
    code: 'LK309',
    severity: 'error',
    title: 'Two routes for one host',
    text: 'Two routes have the same `from`, so one would never be used: BuzzFeed SSO silently took the last one. Letter case, a dot at the end and the default port make no difference. An extra route without a `from` of its own has that of its service.',
  },
  noRule: {
    code: 'LK310',
    severity: 'error',
    title: 'A route that nobody is allowed to use',
    text: 'The route has no `allowed_…` list, and neither the `defaults` of the file nor `UPSTREAM_DEFAULT_GROUPS`, `UPSTREAM_DEFAULT_EMAIL_DOMAINS` or `UPSTREAM_DEFAULT_EMAIL_ADDRESSES` give one. For everybody who can sign in, write `allowed_email_domains: ["*"]`.',
  },
  fromPath: {
    code: 'LK311',
    severity: 'warning',
    title: 'The path in `from` has no effect',
    text: 'A route answers for a whole host. The path, query and fragment of `from` are dropped.',
  },
  launcherTarget: {
    code: 'LK312',
    severity: 'warning',
    title: 'A launcher has no `to`',
    text: 'A route of `type: launcher` shows the applications that a person may open and forwards nothing. Its `to` has no effect.',
  },
  tlsFileUnusable: {
    code: 'LK313',
    severity: 'error',
    title: 'A file for TLS that cannot be used',
    text: 'The proxy cannot read the file that `ca_file`, `client_cert_file` or `client_key_file` names, or `ca_cert_file` or `ca_key_file` of `client_identity`, or UPSTREAM_DEFAULT_CA_FILE and its like, or it does not hold what it should: certificates or a private key in PEM, the key without a passphrase and that of the certificate. In `ca_cert_file` that is the certificate of an authority that is not over. Only the proxy looks at these files, not `latchkey check`. If such a file changes while the proxy runs, its former content stays in use until the file can be used again, also when the upstream file is reloaded in the meantime.',
  },
  tlsKeyReadable: {
    code: 'LK314',
    severity: 'warning',
    title: 'A private key that everybody may read',
    text: 'Any user of the machine can read the file in `client_key_file`, and can act as the proxy towards the application. Restrict its permissions: `chmod 600`, owned by the user of the proxy.',
  },
  certificateOver: {
    code: 'LK317',
    severity: 'warning',
    title: 'A certificate that is over',
    text: 'The certificate in `client_cert_file` has expired, so an application that checks it refuses the proxy; or all authorities in `ca_file` have, so the proxy accepts no certificate of the application. Either way people get [`upstream_certificate`](errors.md#upstream_certificate). Renew the file; it is read again within seconds. The warning comes once a day until then.',
  },
  tlsPairIncomplete: {
    code: 'LK315',
    severity: 'error',
    title: 'A certificate without its key, or a key without its certificate',
    text: '`client_cert_file` and `client_key_file` belong together. Where one of them is in the `defaults` of the file or in the environment, the other one has to be as well, or both have to be in the route. An empty value removes a default: `client_cert_file: ""`.',
  },
  tlsWithoutEffect: {
    code: 'LK316',
    severity: 'warning',
    title: 'An option for TLS on a connection without TLS',
    text: '`ca_file`, `client_cert_file`, `client_key_file` and `server_name` are for TLS, and a connection to `http://…`, `tcp://…` or a Unix socket has none. Write `to: https://…` or `to: tls://…`, or remove the option.',
  },
  issuerUnusable: {
    code: 'LK320',
    severity: 'error',
    title: 'An issuer that cannot be used',
    text: '`issuer` and `jwks_url` are addresses over HTTPS, without user, query and fragment; plain HTTP only to the machine of the proxy itself. `issuer` is written exactly as tokens have it in `iss`, with or without a slash at its end. Keys come from one place: what the issuer says itself, `jwks_url` or `jwks_file`. `callers` is `machines` or `people`, and `email_domains` is for people. `leeway` is at most `5m`.',
  },
  issuerIncomplete: {
    code: 'LK321',
    severity: 'error',
    title: 'An issuer of which something is missing',
    text: 'Every entry has `issuer` and `audiences`: a token that its issuer made for another service is not for us, though its signature is good. With `callers: people` it has `email_domains` as well. Otherwise an issuer with which everybody can open an account could vouch for any address, and `["*"]` in a route would be the whole world.',
  },
  issuerTwice: {
    code: 'LK322',
    severity: 'error',
    title: 'Two entries for one issuer',
    text: 'A token is checked by the entry whose `issuer` is its `iss`, so there can be one. Put all `audiences` into it.',
  },
  keyFileUnusable: {
    code: 'LK521',
    severity: 'error',
    title: 'A file with keys of an issuer that cannot be used',
    text: 'The file that `jwks_file` names cannot be read, or is no JWK Set with a public key in it, so no token of this issuer could be checked. Write what the issuer publishes at its `jwks_uri`: `{"keys": [ … ]}`, with public keys alone. `latchkey check` looks at the file where it is on this machine. If the file changes while the proxy runs, its former content stays in use for three hours while it cannot be used, also when the upstream file is reloaded in the meantime.',
  },
  issuerAlgorithm: {
    code: 'LK323',
    severity: 'error',
    title: 'An algorithm without a key pair',
    text: 'A token counts by a signature that only its issuer can make. With `HS256` and its like, anyone who can check a token can make one, and `none` signs nothing. Write algorithms with a key pair, such as `ES256`, `RS256` or `EdDSA`, or leave `algorithms` out.',
  },
  bearerMissing: {
    code: 'LK324',
    severity: 'warning',
    title: 'A rule about tokens without `bearer: true`',
    text: '`required_scopes`, `allowed_scopes`, `allowed_subjects`, `allowed_clients` and `pass_bearer_token` are about callers with a token, and the route takes none. Write `bearer: true`, or remove them.',
  },
  nameOfAnyIssuer: {
    code: 'LK325',
    severity: 'warning',
    title: 'A name that each of several issuers may give',
    text: 'The file has several `issuers`, and an entry of `allowed_subjects` or `allowed_clients` does not say whose name it is. Each of them may call somebody so. Write `issuer#name`: `https://idp.example.com#nightly-report`.',
  },
  scopeUnusable: {
    code: 'LK326',
    severity: 'error',
    title: 'An entry that is not a scope',
    text: 'A scope has no spaces, no quotes, no backslashes and no characters beyond ASCII (RFC 6749, section 3.3). Write each one as an entry of its own: `[orders.read, orders.write]`.',
  },
  serviceAccountName: {
    code: 'LK350',
    severity: 'error',
    title: 'A service account without a usable name',
    text: 'The `name` of a service account is in its tokens, in metrics and in `allowed_clients`: up to 63 lower-case letters, digits and dashes, with a dash neither first nor last.',
  },
  serviceAccountTwice: {
    code: 'LK351',
    severity: 'error',
    title: 'A service account or a hash that is there twice',
    text: 'Each service account has a name of its own, and each token is of one account. Several tokens of one account, such as the old and the new one while they are being changed, are entries of its `secret_hashes`.',
  },
  serviceAccountHash: {
    code: 'LK352',
    severity: 'error',
    title: 'Not the hash of a token',
    text: 'A service account without an `aws_role` and without an `issuer` has at least one entry in `secret_hashes`, with a `hash` as `latchkey keys service-token NAME` prints it: `sha256:` and 64 hexadecimal digits in lower case. The token itself must not be in the file. If it is, everybody who can read the file can use it: replace it.',
  },
  serviceAccountEnd: {
    code: 'LK353',
    severity: 'error',
    title: 'Not a time at which a token ends',
    text: '`expires` is a day, on which the token ends at 00:00 UTC, or a moment with its time zone: `2027-06-01`, `2027-06-01T18:00:00Z`.',
  },
  serviceAccountUnknown: {
    code: 'LK356',
    severity: 'error',
    title: 'A service account that does not exist',
    text: '`service_accounts#NAME` in `allowed_clients` is the service account of that name, and `service_accounts` has none. Correct the name, or add the account.',
  },
  serviceTokenEnds: {
    code: 'LK354',
    severity: 'warning',
    title: 'A token that ends soon',
    text: 'The token of a service account ends within 30 days, and the program is then answered 401. Make a new one with `latchkey keys service-token NAME`, add its hash, give the program the new token, and remove the old hash.',
  },
  serviceTokenOver: {
    code: 'LK355',
    severity: 'warning',
    title: 'A token that has ended',
    text: 'The token of a service account is over and is refused. Remove its hash, or add that of a new token.',
  },
  serviceAccountRole: {
    code: 'LK357',
    severity: 'error',
    title: 'Not a role of AWS',
    text: '`aws_role` of a service account is the ARN of one role, as IAM shows it: `arn:aws:iam::111122223333:role/app2`. The ARN of a session (`arn:aws:sts::…:assumed-role/…`), of a user, and one with `*` are refused.',
  },
  serviceAccountRoleTwice: {
    code: 'LK358',
    severity: 'error',
    title: 'A role of AWS that two service accounts have',
    text: 'Anyone who works in a role is one service account. The path of a role does not tell two apart, since an account of AWS has one role of a name and STS leaves the path out. Name the role in one of the accounts.',
  },
  serviceAccountWorkload: {
    code: 'LK360',
    severity: 'error',
    title: 'Not the tokens of a workload',
    text: 'A service account that is known by the tokens of an `issuer` names one of the `issuers` of this file, not one with `callers: people`, and with it the `claims` that tell its tokens from all others: `{repository: corp/app, ref: refs/heads/main}`. All of them have to be there, each with one of the values that are written, without `*`.',
  },
  serviceAccountWorkloadTwice: {
    code: 'LK361',
    severity: 'error',
    title: 'Tokens of a workload that are of two service accounts',
    text: 'Two service accounts want the same `claims` of the same `issuer`, so a token would be of both. Name them in one of the accounts, or write in each a claim that tells the two apart.',
  },
  waitUnusable: {
    code: 'LK250',
    severity: 'error',
    title: '`wait_for` cannot be used',
    text: '`wait_for` names what the application is asked for, and what it may answer: `wait_for: {path: /login, timeout: 60s, expect: 200-399}`. The path begins with `/`, and stands as it is sent, encoded where need be. `expect` is a status or a range of them, from 200 to 599, the lower one first. Without `path` nothing is asked for, so `timeout` and `expect` alone are refused.',
  },
  waitWithoutEffect: {
    code: 'LK251',
    severity: 'warning',
    title: '`wait_for` without one application to wait for',
    text: 'A pattern (`type: rewrite`) leads to as many applications as there are hosts, and a launcher to none. Write `wait_for` on routes of `type: simple`, or `wait_for: {}` here where it is inherited.',
  },
  tcpWithoutTarget: {
    code: 'LK630',
    severity: 'error',
    title: '`tcp` on a route of HTTP',
    text: '`tcp` says how long connections of a `to: tcp://host:port` or `to: tls://host:port` may be open. For requests of HTTP there are `timeout` and `keep_alive`.',
  },
  tcpIsNotHttp: {
    code: 'LK631',
    severity: 'warning',
    title: 'An option about HTTP on a route of TCP',
    text: 'With `to: tcp://host:port` bytes are carried as they are: there are no headers, no paths and no public part, and TLS is between the program of the person and the application, unless the route has `to: tls://…` or `starttls`. Take the option out of the route, or write it in `default` sections of those services that are HTTP.',
  },
  clientIdentityUnusable: {
    code: 'LK640',
    severity: 'error',
    title: '`client_identity` cannot be used',
    text: '`client_identity` needs `ca_cert_file`, `ca_key_file` and `subject`. `subject` is written as RFC 4514 has it: attributes among `CN`, `OU`, `O`, `L`, `ST` and `UID`, separated by commas, such as `CN={email},OU=people`; a backslash stands before `,` and its like within a value. `{email}`, `{user}`, `{sub}` and `{idp}` stand for what is known of the person, in `machine_subject` `{name}` for the name of the machine; at least one of them has to be there, and never two side by side: `UID={idp}/{sub}`, as `{idp}{sub}` could mean two people. `san_uri` is an address with a host, and has such names only behind it. `lifetime` is from `1m` to `24h`. `client_identity: {}` takes back what the section around it says.',
  },
  clientIdentityBeside: {
    code: 'LK641',
    severity: 'error',
    title: '`client_identity` beside what has no place for it',
    text: 'A client certificate is shown within TLS, so the route needs `to: https://…`, `to: tls://…` or `starttls`. It is made for the one who asks, so there is none where nobody is known: on public paths (`skip_auth_regex`, `skip_auth_preflight`) and for `wait_for`; give such paths a host and a route of their own. With `forward_auth` a server in front opens the connection. Where several providers count, `{sub}` needs `{idp}` beside it, as each provider names people by itself. And there is one for a connection: `client_cert_file` is the certificate of the proxy for everybody.',
  },
  authorityEndsSoon: {
    code: 'LK642',
    severity: 'warning',
    title: 'An authority for client certificates that is over soon',
    text: 'The certificate in `ca_cert_file` of `client_identity` is good for less than 30 days. No certificate that the proxy makes is good for longer than that one, and when it is over, nobody reaches the application. Make a new one, have the application accept both, then replace the files; they are read again within seconds.',
  },
  startTlsUnusable: {
    code: 'LK643',
    severity: 'error',
    title: '`starttls` that does not fit `to`',
    text: '`starttls: postgres` is for `to: tcp://host:port`: TLS then begins with the request of PostgreSQL. With `to: tls://host:port` TLS begins at once, as Redis has it. `starttls: ""` takes back what the section around it says.',
  },
  sigv4Unusable: {
    code: 'LK620',
    severity: 'error',
    title: '`aws_sigv4` cannot be used',
    text: '`aws_sigv4` names the service and the region that requests are signed for, both as AWS has them in signatures: `aws_sigv4: {service: vpc-lattice-svcs, region: eu-central-1}`. `aws_sigv4: {}` takes back what the section around it says.',
  },
  sigv4Header: {
    code: 'LK621',
    severity: 'error',
    title: '`aws_sigv4` beside a header that it writes',
    text: 'The signature stands in `Authorization`, and what belongs to it in `X-Amz-…`. Take these names out of `inject_request_headers`, and give `assertion_header` another one.',
  },
  sigv4WithoutEffect: {
    code: 'LK622',
    severity: 'warning',
    title: '`aws_sigv4` without an application',
    text: 'A launcher sends nothing on, so there is nothing to sign. Take it out, or write `aws_sigv4: {}` where it is inherited.',
  },
  sigv4InTheOpen: {
    code: 'LK623',
    severity: 'warning',
    title: '`aws_sigv4` without TLS',
    text: 'Bodies are not signed (`UNSIGNED-PAYLOAD`), so that nothing of them is held back, and a signed request is good for minutes. Without TLS anyone who is on the way reads both, and can change the body. Write `to: https://…`. A Unix socket is no such way.',
  },
  sshCertificateUnusable: {
    code: 'LK650',
    severity: 'error',
    title: '`ssh_certificate` that cannot be used',
    text: "`ca_key_file` and `principals` belong together, on a route with `to: tcp://…` that leads to sshd: `ssh_certificate: {ca_key_file: /etc/latchkey/ssh-ca, principals: ['{user}']}`. A principal is made of letters, digits and `_.@+-`, with `{email}` or `{user}` in it, and there are 32 at most.",
  },
  sshKeyUnusable: {
    code: 'LK651',
    severity: 'error',
    title: 'The key of an SSH authority that cannot be used',
    text: "The file cannot be read by the proxy, or holds no key of Ed25519 or of ECDSA with P-256 without a passphrase. `ssh-keygen -t ed25519 -N '' -f ssh-ca` makes one. `latchkey check` does not look at files.",
  },
  sshKeyReadable: {
    code: 'LK652',
    severity: 'warning',
    title: 'The key of an SSH authority that everybody may read',
    text: 'A person who has this key can sign in as anybody at every sshd that trusts it. Do not let other users of the machine read it: `chmod 600`.',
  },
  connectorName: {
    code: 'LK380',
    severity: 'error',
    title: 'A connector that is not named as one can be',
    text: 'An entry of `connectors` has a `name` and the `service_account` with whose tokens it comes. Names have up to 63 lower-case letters, digits and dashes.',
  },
  connectorTwice: {
    code: 'LK381',
    severity: 'error',
    title: 'Two entries for one connector',
    text: 'Any number of connectors may run under one name, and share the work: they are one entry of `connectors`.',
  },
  connectorAccount: {
    code: 'LK382',
    severity: 'error',
    title: 'A connector without a service account',
    text: 'A connector is known by the token of a service account of this file. `latchkey keys service-token NAME` makes the token, and the lines for `service_accounts`.',
  },
  connectorUnknown: {
    code: 'LK383',
    severity: 'error',
    title: '`via` names a connector that there is not',
    text: 'Only connectors of the list `connectors`, in the root of the file, are let in.',
  },
  viaUnusable: {
    code: 'LK384',
    severity: 'error',
    title: '`via` on a route that cannot lead through a connector',
    text: 'A connector dials fixed targets that its own list names (`CONNECTOR_TARGETS`), carries HTTP, WebSockets and TCP to them, and waits for them by itself. So a route with `via` is no pattern and no launcher, and has no `wait_for`. With `to: https://…` it is the connector that begins TLS, by its own environment: options of TLS would have no effect, and `protocol: h2` does not go through.',
  },
  ruleShape: {
    code: 'LK330',
    severity: 'error',
    title: 'A rule that is not whole',
    text: 'Each entry of a `policy` has a `name`, and either `allow_if` or `deny_if`: `- {name: no-writes, deny_if: \'request.method != "GET"\'}`. [policies.md](policies.md) shows twenty of them.',
  },
  expressionUnreadable: {
    code: 'LK331',
    severity: 'error',
    title: 'An expression that cannot be read',
    text: 'The line and the column are those of the place inside the expression. Expressions are written in CEL: `==` compares, `&&` is "and", `||` is "or", `!` is "not", and texts are in quotes. In YAML, write a longer expression below `|`, so that its quotes need no escaping.',
  },
  factUnknown: {
    code: 'LK332',
    severity: 'error',
    title: 'A fact that there is not',
    text: 'A rule can know only the facts of the table in [policies.md](policies.md#facts), and networks that the root of the file names. A rule with a misspelt fact would not restrict.',
  },
  expressionType: {
    code: 'LK333',
    severity: 'error',
    title: 'An expression that cannot hold',
    text: 'Everything in an expression has a type, and what does not fit together is found here and not when somebody comes: a text is never a number, a list is asked with `in`, a group is asked about by name, a time is compared with a time. The whole of it has to be something that holds or does not.',
  },
  ruleTooLarge: {
    code: 'LK334',
    severity: 'error',
    title: 'A rule that is too large',
    text: "An expression has at most 1000 characters, 16 brackets open at once, and no `exists` or `all` inside another one. A policy has at most 50 rules, and the different expressions of a file at most 100 000 characters together. Everybody's requests wait for these rules. For a long list of people, use a group.",
  },
  ruleName: {
    code: 'LK335',
    severity: 'error',
    title: 'A name of a rule that cannot be used',
    text: 'The name stands in metrics, logs and on pages: up to 64 letters, digits, dashes and underscores, and no two rules of one policy have the same.',
  },
  ruleStatus: {
    code: 'LK336',
    severity: 'error',
    title: 'A status that no rule answers with',
    text: 'A rule with `deny_if` answers 403, or with `status: 404` as if there were nothing. A rule with `allow_if` answers nothing.',
  },
  rulePattern: {
    code: 'LK337',
    severity: 'error',
    title: 'A pattern in a rule that cannot be used',
    text: '`matches` takes a pattern in RE2 syntax, as `skip_auth_regex` does, which matches anywhere in the text unless it begins with `^`. It stands in quotes, in which a backslash is written twice: `"^/v\\\\d+/"`, or once with an `r` in front: `r"^/v\\d+/"`.',
  },
  neverEqual: {
    code: 'LK338',
    severity: 'warning',
    title: 'A text that can never be equal',
    text: 'The fact that it is compared with is always written in another way: addresses, domains and hosts in lower case, methods in upper case, paths from `/` on and without the query. So the comparison never holds, and with `!=` always.',
  },
  ruleConstant: {
    code: 'LK339',
    severity: 'warning',
    title: 'A rule that always holds, or never',
    text: 'The rule says the same of everybody. A `deny_if` that always holds shuts everybody out, an `allow_if` that always holds lets in everybody who is signed in, and a rule that never holds does nothing.',
  },
  neverFalse: {
    code: 'LK341',
    severity: 'warning',
    title: 'A `has` that is never false',
    text: 'Whether a request has one path or one method is up to its sender: `/admin//users` can be read in two ways, and then `request.path` is absent. `deny_if: has(request.path) && request.path.startsWith("/admin")` would let just that request through, so `has` cannot be decided there, and the rule refuses. Take the `has` out: the rule refuses such paths without it, too. Whom it is not about can be said in front, and may use them: `!("admins@example.com" in user.groups) && request.path.startsWith("/admin")`.',
  },
  networkUnusable: {
    code: 'LK340',
    severity: 'error',
    title: 'A network that cannot be used',
    text: '`networks` gives names to lists of addresses and ranges (CIDR): `networks: {office: [198.51.100.0/24, 2001:db8:5::/48]}`. A name is of lower-case letters, digits and underscores, since rules write it as `networks.office`.',
  },
  deviceHeader: {
    code: 'LK519',
    severity: 'error',
    title: 'A device header that cannot be used',
    text: '`device_headers` gives names to headers in which servers in front say something of a device: `device_headers: {managed: X-Device-Managed}`, for rules to ask `device.managed == "true"`. A name is of lower-case letters, digits and underscores. The header is one that nobody else has a use for: none that the proxy or a route sets, that callers write by themselves, that holds credentials or belongs to the connection; each stands for one fact.',
  },
  severalKinds: {
    code: 'LK401',
    severity: 'warning',
    title: 'More than one kind of rule',
    text: 'The route has rules of more than one kind: groups, domains, addresses. Any one of them lets a person in, at every request. BuzzFeed SSO said the same in its documentation but asked for all of them after the first minute. If a person has to be in the group, leave the group only; a default of the environment counts as a rule as well.',
  },
  wildcardNotAlone: {
    code: 'LK402',
    severity: 'warning',
    title: '`*` beside other entries',
    text: '`*` means everybody only if it is the only entry of its list. Next to others it matches nobody. Remove it, or remove the others.',
  },
  entryNeverMatches: {
    code: 'LK403',
    severity: 'warning',
    title: 'An entry that nobody can match',
    text: 'A domain is written without `@` and without wildcard: `example.com`, which does not cover `sub.example.com`. An address has exactly one `@`.',
  },
  emptyKeepsDefault: {
    code: 'LK404',
    severity: 'warning',
    title: 'An empty value does not remove a default',
    text: 'The list is empty, or the duration zero, so the default of the environment applies. Write what is wanted instead.',
  },
  clusterUnknown: {
    code: 'LK405',
    severity: 'warning',
    title: 'No service has a section for this cluster',
    text: 'The file has sections for other clusters but none for this one, so only `default` counts. If the name is misspelt, rules in the right section that narrow access are missing. Check `UPSTREAM_CLUSTER`, or `--cluster`.',
  },
  groupUnsayable: {
    code: 'LK406',
    severity: 'warning',
    title: 'A group that the application does not receive',
    text: '`X-Forwarded-Groups` is separated by commas, so a group with a comma or a control character in its name would be read as another group, or as several. It is left out there. Members of the group still have access. If the application uses the groups, rename the group at the provider.',
  },
} as const satisfies Record<string, DiagnosticKind>;

/** The name of a diagnostic inside this package. */
export type DiagnosticName = keyof typeof diagnosticKinds;

/** Tells whether a text is one of the names. */
export function isDiagnosticName(text: string): text is DiagnosticName {
  return Object.hasOwn(diagnosticKinds, text);
}

/** docs/diagnostics.md: one heading for each code, so that a code can be linked to. */
export function renderDiagnosticsReference(): string {
  const kinds: readonly DiagnosticKind[] = Object.values(diagnosticKinds);
  return (
    [
      '# Diagnostics of the upstream file',
      'Each line that `latchkey` prints about an upstream file carries a code. This page says what each one means and what to write; [upstreams.md](upstreams.md) has every option. With an error, the file is not used: the service does not start, or a running service keeps the file that it has. With a warning, the file is used. One run reports all of them, but not the consequences of another mistake, such as a missing rule when `allowed_groups` cannot be read.',
      'Generated from `packages/upstreams/src/diagnostics.ts`.',
      ...kinds.map(
        (kind) =>
          `## ${kind.code}: ${kind.title}\n\n_${kind.severity === 'error' ? 'Error' : 'Warning'}._ ${kind.text}`,
      ),
    ].join('\n\n') + '\n'
  );
}
