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
    text: 'YAML allows no NUL and no other control characters, not even inside quotes. Remove the character. A file full of NUL is usually a half-written one.',
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
    text: '`*name` refers to a value that was marked with `&name` earlier in the file, but there is no such anchor, or the alias is inside the value that it refers to. A value that merely starts with `*`, such as the wildcard, needs quotes: `"*"`.',
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
    text: '`<<` copies the keys of a mapping, or of a list of mappings: `<<: *common`.',
  },
  tagUnknown: {
    code: 'LK111',
    severity: 'error',
    title: 'A YAML tag that is not supported',
    text: 'Only these YAML tags are supported: `!!str`, `!!bool`, `!!int`, `!!float`, `!!null`, `!!seq`, `!!map` and `!!merge`. Write the value without a tag, in quotes where it begins with `!`.',
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
    text: 'A line with `---` starts another YAML document. Only the first document is read, so the services below that line do not exist. Remove that line.',
  },
  rootShape: {
    code: 'LK201',
    severity: 'error',
    title: 'The file is neither a list of services nor a map with `services`',
    text: 'The file is a list, and each entry begins with `- service: name`. For settings of all services the file may instead be a map: `services:` contains that list, and `defaults:` contains options.',
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
    text: 'Write `true` or `false` here; `yes`, `no`, `on`, `off`, `y` and `n` are read as well. Do not write quotes: `"true"` is a text.',
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
    text: 'An entry of this list is empty. An empty pattern would match every path and make the whole site public; an empty group, domain or address means nothing. Write the entry, or remove the line.',
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
    text: 'The keys next to `service` are the sections: `default` and one for each cluster. This key belongs inside a section. BuzzFeed SSO treated it as a section of that name and silently ignored it, with any restriction in it. Indent it below `default:`. Options go below `options:` inside that section.',
  },
  notSection: {
    code: 'LK211',
    severity: 'error',
    title: 'A value where a section belongs',
    text: 'The keys next to `service` are sections, which are mappings, and the texts for the launcher: `title`, `description`, `icon` and `hidden`. Any other key with a simple value there is a mistake. For a note, write a comment: `# note`.',
  },
  headerUnusable: {
    code: 'LK212',
    severity: 'error',
    title: 'A header that cannot be set',
    text: "A header name is made of letters, digits and ``!#$%&'*+-.^_`|~``. A value has no line breaks and no control characters. Headers that control how the message is transferred (`Connection`, `Content-Length`, `Host`, `Keep-Alive`, `TE`, `Trailer`, `Transfer-Encoding`, `Upgrade`, `Proxy-Connection`) cannot be set from a file. `preserve_host` decides about `Host`. Header names that differ only in letter case are the same, so write each name only once.",
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
    title: 'A provider slug that is not valid, or is listed twice',
    text: '`provider_slug` is the `PROVIDER_X_SLUG` of the auth service, which is the first part of the path of the sign-in address. It is made of letters, digits, `-`, `_`, `.` and `~`. A list names each provider once.',
  },
  oldSpelling: {
    code: 'LK215',
    severity: 'warning',
    title: 'An old spelling of an option',
    text: '`skipauthpreflight` and `passaccesstoken` directly in a section still work, as in BuzzFeed SSO. Write `skip_auth_preflight` and `pass_access_token` below `options:` instead.',
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
    title: 'A header that cannot carry the assertion',
    text: "`assertion_header` is the name of a header, or a name and a scheme: `X-Identity`, `'Authorization: Bearer'`. It cannot be a header that controls the transfer of a message, a cookie header, a header that the proxy uses for something else (`X-Forwarded-…`, `X-Request-Id`), or one that `inject_request_headers` sets.",
  },
  assertionClaim: {
    code: 'LK218',
    severity: 'error',
    title: 'A claim that cannot be added',
    text: 'The claims of every assertion (`iss`, `aud`, `sub`, `email`, `email_verified`, `groups`, `idp`, `sid`, `auth_time`, `iat`, `nbf`, `exp`, `jti`) cannot be set by `assertion_claims`, so that they always have the same meaning. A value that begins with `$` has to be one of `$email`, `$user`, `$name`, `$groups`, `$sub` and `$idp`; `$$` is a dollar sign.',
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
    text: 'An origin is a scheme, `http` or `https`, a host, and a port if it is not the default one: `https://app.example.com`. It has no path, not even `/`, and no wildcard. Write each origin on its own. `null` is refused, because every sandboxed frame and every file on a disk has that origin.',
  },
  corsWord: {
    code: 'LK221',
    severity: 'error',
    title: 'Not a method or header that `cors` can name',
    text: '`methods` and `headers` of `cors` are lists of names: `[PUT, DELETE]`, `[X-Requested-With]`. `*` is refused, because in requests with credentials browsers do not treat it as a wildcard. To allow the listed origins every method or header, leave the list out.',
  },
  serverName: {
    code: 'LK222',
    severity: 'error',
    title: '`server_name` is not a host name',
    text: '`server_name` is the name in the certificate of the application: a host name without scheme, port and path. An IP address is not allowed; leave the option out if `to` is an IP address that the certificate contains.',
  },
  limitTooShort: {
    code: 'LK223',
    severity: 'error',
    title: 'A time limit that is too short',
    text: '`max_auth_age` and `idle_timeout` are at least `1m`. A shorter time could end before the page is shown after the sign-in.',
  },
  protocolUnknown: {
    code: 'LK224',
    severity: 'error',
    title: 'Not a protocol to speak with an application',
    text: '`protocol` is `http1`, `h2` or `h2c`. gRPC needs `h2` if the application uses TLS, and `h2c` if it does not.',
  },
  protocolMismatch: {
    code: 'LK225',
    severity: 'error',
    title: 'A protocol that does not go with `to`',
    text: '`h2` is HTTP/2 over TLS and needs `to: https://…`. `h2c` is HTTP/2 without TLS and needs `to: http://…` or `to: unix:/…`. If `to` has no scheme, `UPSTREAM_SCHEME` is used. The proxy does not guess what you mean, because `h2c` sends everything unencrypted.',
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
    text: '`type` is `simple` (the default), `rewrite` or `launcher`. There is no type `static`.',
  },
  fromInvalid: {
    code: 'LK305',
    severity: 'error',
    title: '`from` is not a host name',
    text: '`from` of a simple route is a host name, with a port if it needs one: `wiki.corp.example.com` or `wiki.localhost:4180`. It has no wildcards. For a pattern write `type: rewrite`.',
  },
  toInvalid: {
    code: 'LK306',
    severity: 'error',
    title: '`to` is not an address',
    text: '`to` is a host name. A scheme (`http` or `https`), a port, a path and a query are optional. A Unix socket is written with its full path, `unix:/run/app.sock`, which cannot contain a part of the host name. It has no user name, no password and no `#fragment`. Credentials for the application go into `inject_request_headers`.',
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
    text: 'The name after `$` contains all letters, digits and underscores that follow. So `$1x` is the group `1x`, which does not exist and is empty. Write `${1}x`. `$$` is a dollar sign.',
  },
  hostTaken: {
    code: 'LK309',
    severity: 'error',
    title: 'Two routes for one host',
    text: 'Two routes have the same `from`, so one of them would never be used. (BuzzFeed SSO silently used the last one.) Letter case, a dot at the end and the default port make no difference. An extra route without `from` has the `from` of its service.',
  },
  noRule: {
    code: 'LK310',
    severity: 'error',
    title: 'A route that nobody is allowed to use',
    text: 'The route has no `allowed_…` list, and neither the `defaults` of the file nor `UPSTREAM_DEFAULT_GROUPS`, `UPSTREAM_DEFAULT_EMAIL_DOMAINS` or `UPSTREAM_DEFAULT_EMAIL_ADDRESSES` give one. To let in everybody who can sign in, write `allowed_email_domains: ["*"]`.',
  },
  fromPath: {
    code: 'LK311',
    severity: 'warning',
    title: 'The path in `from` has no effect',
    text: 'A route is for a whole host. The path, query and fragment of `from` are ignored.',
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
    text: 'The proxy cannot read a file for TLS, or its content is wrong. The message names the option or variable: `ca_file`, `client_cert_file`, `client_key_file`, `ca_cert_file` or `ca_key_file` of `client_identity`, or a default such as UPSTREAM_DEFAULT_CA_FILE. The file has to contain certificates or a private key in PEM. The key has no passphrase and belongs to the certificate. `ca_cert_file` contains the certificate of an authority that has not expired. Only the proxy reads these files, not `latchkey check`. If such a file becomes unusable while the proxy runs, the proxy goes on with the previous content, even after a reload of the upstream file, until the file is usable again.',
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
    title: 'A certificate that has expired',
    text: 'The certificate in `client_cert_file` has expired, so an application that checks it refuses the proxy. Or all certificates in `ca_file` have expired, so the proxy accepts no certificate of the application. In both cases people get [`upstream_certificate`](errors.md#upstream_certificate). Renew the file; the proxy reads it again within seconds. Until then the warning is repeated once a day.',
  },
  tlsPairIncomplete: {
    code: 'LK315',
    severity: 'error',
    title: 'A certificate without its key, or a key without its certificate',
    text: '`client_cert_file` and `client_key_file` belong together. Write both in the same place: in the route, in the `defaults` of the file, or in the environment. An empty value removes a default: `client_cert_file: ""`.',
  },
  tlsWithoutEffect: {
    code: 'LK316',
    severity: 'warning',
    title: 'An option for TLS on a connection without TLS',
    text: '`ca_file`, `client_cert_file`, `client_key_file` and `server_name` are for TLS, and connections to `http://…`, `tcp://…` or a Unix socket have no TLS. Write `to: https://…` or `to: tls://…`, or remove the option.',
  },
  issuerUnusable: {
    code: 'LK320',
    severity: 'error',
    title: 'An issuer that cannot be used',
    text: '`issuer` and `jwks_url` are HTTPS addresses without user, query and fragment. Plain HTTP is allowed only to the machine of the proxy itself. Write `issuer` exactly as it is in `iss` of the tokens; a slash at the end counts. The keys come from one place: the metadata of the issuer, `jwks_url`, or `jwks_file`. `callers` is `machines` or `people`; `email_domains` is only for `people`. `leeway` is at most `5m`.',
  },
  issuerIncomplete: {
    code: 'LK321',
    severity: 'error',
    title: 'An incomplete issuer',
    text: 'Every entry has `issuer` and `audiences`. Without `audiences` the proxy would accept tokens that the issuer made for other services. With `callers: people` it also has `email_domains`. Without them, an issuer with which everybody can open an account could confirm any address, and a route with `["*"]` would be open to the whole world.',
  },
  issuerTwice: {
    code: 'LK322',
    severity: 'error',
    title: 'Two entries for one issuer',
    text: 'A token is checked with the entry whose `issuer` is its `iss`, so each issuer has only one entry. Write all `audiences` into it.',
  },
  keyFileUnusable: {
    code: 'LK521',
    severity: 'error',
    title: 'A file with keys of an issuer that cannot be used',
    text: 'The file that `jwks_file` names cannot be read, or it is not a JWK Set with a public key. So no token of this issuer could be checked. The file has to contain what the issuer publishes at its `jwks_uri`: `{"keys": [ … ]}`, with public keys only. `latchkey check` reads the file if it is on this machine. If the file becomes unusable while the proxy runs, the proxy goes on with the previous content for three hours, even after a reload of the upstream file.',
  },
  issuerAlgorithm: {
    code: 'LK323',
    severity: 'error',
    title: 'An algorithm without a key pair',
    text: 'Only the issuer must be able to sign its tokens. With `HS256` and similar algorithms, everybody who can check a token can also make one, and `none` signs nothing. Write algorithms with a key pair, such as `ES256`, `RS256` or `EdDSA`, or leave `algorithms` out.',
  },
  bearerMissing: {
    code: 'LK324',
    severity: 'warning',
    title: 'A rule about tokens without `bearer: true`',
    text: '`required_scopes`, `allowed_scopes`, `allowed_subjects`, `allowed_clients` and `pass_bearer_token` are about callers with a token, but the route accepts no tokens. Write `bearer: true`, or remove these options.',
  },
  nameOfAnyIssuer: {
    code: 'LK325',
    severity: 'warning',
    title: 'A name that several issuers may use',
    text: 'The file has several `issuers`, and an entry of `allowed_subjects` or `allowed_clients` does not say which issuer it is about. Each issuer may give this name to somebody. Write `issuer#name`: `https://idp.example.com#nightly-report`.',
  },
  scopeUnusable: {
    code: 'LK326',
    severity: 'error',
    title: 'An entry that is not a scope',
    text: 'A scope has no spaces, no quotes, no backslashes and no characters beyond ASCII (RFC 6749, section 3.3). Write each scope as its own entry: `[orders.read, orders.write]`.',
  },
  serviceAccountName: {
    code: 'LK350',
    severity: 'error',
    title: 'A service account without a usable name',
    text: 'The `name` of a service account is part of its tokens, of metrics and of `allowed_clients`. It has up to 63 lower-case letters, digits and dashes, and does not begin or end with a dash.',
  },
  serviceAccountTwice: {
    code: 'LK351',
    severity: 'error',
    title: 'A service account or a hash that is listed twice',
    text: 'Each service account has a different name, and each token belongs to one account. If an account has several tokens, for example an old and a new one during a change, write all of them into its `secret_hashes`.',
  },
  serviceAccountHash: {
    code: 'LK352',
    severity: 'error',
    title: 'Not the hash of a token',
    text: 'A service account without an `aws_role` and without an `issuer` has at least one entry in `secret_hashes`, with a `hash` as `latchkey keys service-token NAME` prints it: `sha256:` and 64 hexadecimal digits in lower case. The token itself must not be in the file. If it is, everybody who can read the file can use the token, so replace it.',
  },
  serviceAccountEnd: {
    code: 'LK353',
    severity: 'error',
    title: 'Not a time at which a token expires',
    text: '`expires` is a date, on which the token expires at 00:00 UTC, or a time with its time zone: `2027-06-01`, `2027-06-01T18:00:00Z`.',
  },
  serviceAccountUnknown: {
    code: 'LK356',
    severity: 'error',
    title: 'A service account that does not exist',
    text: '`service_accounts#NAME` in `allowed_clients` names a service account, but `service_accounts` has no account of that name. Correct the name, or add the account.',
  },
  serviceTokenEnds: {
    code: 'LK354',
    severity: 'warning',
    title: 'A token that expires soon',
    text: 'The token of a service account expires within 30 days. After that the program gets 401. Make a new one with `latchkey keys service-token NAME`, add its hash, give the program the new token, and remove the old hash.',
  },
  serviceTokenOver: {
    code: 'LK355',
    severity: 'warning',
    title: 'A token that has expired',
    text: 'The token of a service account has expired and is refused. Remove its hash, or add the hash of a new token.',
  },
  serviceAccountRole: {
    code: 'LK357',
    severity: 'error',
    title: 'Not an AWS role',
    text: '`aws_role` of a service account is the ARN of one role, as IAM shows it: `arn:aws:iam::111122223333:role/app2`. The ARN of a session (`arn:aws:sts::…:assumed-role/…`), of a user, and one with `*` are refused.',
  },
  serviceAccountRoleTwice: {
    code: 'LK358',
    severity: 'error',
    title: 'An AWS role of two service accounts',
    text: 'Two service accounts name the same role, so the proxy could not tell which one a caller is. Roles that differ only in their path are the same here: in an AWS account a role name is unique, and STS leaves the path out. Name the role in only one of the accounts.',
  },
  serviceAccountWorkload: {
    code: 'LK360',
    severity: 'error',
    title: 'A service account whose tokens are not described',
    text: 'A service account with an `issuer` names one of the `issuers` of this file, and not one with `callers: people`. It also has `claims` that only its tokens have: `{repository: corp/app, ref: refs/heads/main}`. A token needs all of these claims, each with one of the written values. `*` is not a wildcard there and is refused.',
  },
  serviceAccountWorkloadTwice: {
    code: 'LK361',
    severity: 'error',
    title: 'Two service accounts with the same tokens',
    text: 'Two service accounts have the same `claims` of the same `issuer`, so a token would belong to both. Write these claims in only one of the accounts, or add a different claim to each.',
  },
  waitUnusable: {
    code: 'LK250',
    severity: 'error',
    title: '`wait_for` cannot be used',
    text: '`wait_for` says which path the proxy requests and which status it expects: `wait_for: {path: /login, timeout: 60s, expect: 200-399}`. The path begins with `/` and is sent as it is written, so write it percent-encoded. `expect` is a status or a range of statuses from 200 to 599, the lower one first. `timeout` and `expect` need a `path`.',
  },
  waitWithoutEffect: {
    code: 'LK251',
    severity: 'warning',
    title: '`wait_for` without one application to wait for',
    text: 'A pattern (`type: rewrite`) leads to many applications, and a launcher to none. Write `wait_for` only on routes of `type: simple`. If this route inherits it, write `wait_for: {}` here.',
  },
  tcpWithoutTarget: {
    code: 'LK630',
    severity: 'error',
    title: '`tcp` on an HTTP route',
    text: '`tcp` limits how long connections may be open on a route with `to: tcp://host:port` or `to: tls://host:port`. For HTTP use `timeout` and `keep_alive`.',
  },
  tcpIsNotHttp: {
    code: 'LK631',
    severity: 'warning',
    title: 'An HTTP option on a TCP route',
    text: 'With `to: tcp://host:port` the proxy forwards bytes unchanged: there are no headers, no paths and no public paths. TLS is between the program of the person and the application, unless the route has `to: tls://…` or `starttls`. Remove the option from this route. If it is inherited, write it in the `default` sections of the HTTP services instead.',
  },
  clientIdentityUnusable: {
    code: 'LK640',
    severity: 'error',
    title: '`client_identity` cannot be used',
    text: '`client_identity` needs `ca_cert_file`, `ca_key_file` and `subject`. `subject` is written as in RFC 4514: attributes `CN`, `OU`, `O`, `L`, `ST` and `UID`, separated by commas, such as `CN={email},OU=people`. Inside a value write a backslash before `,` and other special characters. `{email}`, `{user}`, `{sub}` and `{idp}` are replaced by facts about the person; in `machine_subject`, `{name}` is replaced by the name of the machine. Use at least one of them, and never two without a character between them: write `UID={idp}/{sub}`, because `{idp}{sub}` could mean two people. `san_uri` is an address with a host, and may have these placeholders only after the host. `lifetime` is from `1m` to `24h`. `client_identity: {}` removes an inherited `client_identity`.',
  },
  clientIdentityBeside: {
    code: 'LK641',
    severity: 'error',
    title: '`client_identity` on a route that cannot use it',
    text: 'A client certificate is sent inside TLS, so the route needs `to: https://…`, `to: tls://…` or `starttls`. The proxy makes it for the person or machine that sends the request. On public paths (`skip_auth_regex`, `skip_auth_preflight`) and for `wait_for` there is no such person; give such paths their own host and route. It does not work with `forward_auth`, because a server in front opens the connection. If the route has several providers, `{sub}` needs `{idp}` next to it, because two providers may use the same `sub`. It does not work with `client_cert_file`, because a connection has only one client certificate.',
  },
  authorityEndsSoon: {
    code: 'LK642',
    severity: 'warning',
    title: 'An authority for client certificates that expires soon',
    text: 'The certificate in `ca_cert_file` of `client_identity` expires in less than 30 days. The certificates that the proxy makes never outlive it. After it expires, nobody can reach the application. Make a new one, configure the application to accept both, then replace the files; the proxy reads them again within seconds.',
  },
  startTlsUnusable: {
    code: 'LK643',
    severity: 'error',
    title: '`starttls` that does not fit `to`',
    text: '`starttls: postgres` is for `to: tcp://host:port`: TLS begins after the SSLRequest message of PostgreSQL. With `to: tls://host:port` TLS begins at once, as Redis needs it. `starttls: ""` removes an inherited `starttls`.',
  },
  sigv4Unusable: {
    code: 'LK620',
    severity: 'error',
    title: '`aws_sigv4` cannot be used',
    text: '`aws_sigv4` names the service and the region for which requests are signed, with the names that AWS uses in signatures: `aws_sigv4: {service: vpc-lattice-svcs, region: eu-central-1}`. `aws_sigv4: {}` removes an inherited `aws_sigv4`.',
  },
  sigv4Header: {
    code: 'LK621',
    severity: 'error',
    title: '`aws_sigv4` together with a header that it writes',
    text: 'The signature is in `Authorization` and in headers `X-Amz-…`. Remove these names from `inject_request_headers`, and give `assertion_header` another name.',
  },
  sigv4WithoutEffect: {
    code: 'LK622',
    severity: 'warning',
    title: '`aws_sigv4` without an application',
    text: 'A launcher forwards no request, so there is nothing to sign. Remove the option. If it is inherited, write `aws_sigv4: {}`.',
  },
  sigv4InTheOpen: {
    code: 'LK623',
    severity: 'warning',
    title: '`aws_sigv4` without TLS',
    text: 'Bodies are not signed (`UNSIGNED-PAYLOAD`), so that they can be forwarded at once, and a signed request is valid for minutes. Without TLS, anyone on the network between the proxy and the application can read the request, change its body and send it again. Write `to: https://…`. A Unix socket does not have this problem.',
  },
  sshCertificateUnusable: {
    code: 'LK650',
    severity: 'error',
    title: '`ssh_certificate` that cannot be used',
    text: "`ssh_certificate` needs both `ca_key_file` and `principals`, on a route with `to: tcp://…` to an sshd: `ssh_certificate: {ca_key_file: /etc/latchkey/ssh-ca, principals: ['{user}']}`. A principal has letters, digits and `_.@+-`, and contains `{email}` or `{user}`. There may be at most 32 principals.",
  },
  sshKeyUnusable: {
    code: 'LK651',
    severity: 'error',
    title: 'The key of an SSH authority that cannot be used',
    text: "The proxy cannot read the file, or the file does not contain an Ed25519 or ECDSA P-256 key without a passphrase. `ssh-keygen -t ed25519 -N '' -f ssh-ca` makes one. `latchkey check` does not read this file.",
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
    title: 'A connector without a valid name',
    text: 'An entry of `connectors` has a `name`, and the `service_account` as which the connector authenticates. Names have up to 63 lower-case letters, digits and dashes.',
  },
  connectorTwice: {
    code: 'LK381',
    severity: 'error',
    title: 'Two entries for one connector',
    text: 'Several connector processes may use the same name and share the work. They need only one entry in `connectors`.',
  },
  connectorAccount: {
    code: 'LK382',
    severity: 'error',
    title: 'A connector without a service account',
    text: 'A connector authenticates as a service account of this file, with its token or its `aws_role`. `latchkey keys service-token NAME` makes the token, and prints the lines for `service_accounts`.',
  },
  connectorUnknown: {
    code: 'LK383',
    severity: 'error',
    title: '`via` names a connector that does not exist',
    text: '`via` may name only connectors that are listed in `connectors`, in the root of the file.',
  },
  viaUnusable: {
    code: 'LK384',
    severity: 'error',
    title: '`via` on a route that cannot lead through a connector',
    text: 'A connector connects only to the fixed targets in its own list (`CONNECTOR_TARGETS`), and waits for them itself. So a route with `via` cannot be a pattern or a launcher, and cannot have `wait_for`. With `to: https://…` the connector begins TLS, with the settings of its own environment. So TLS options of the route would have no effect, and `protocol: h2` is not possible.',
  },
  ruleShape: {
    code: 'LK330',
    severity: 'error',
    title: 'An incomplete rule',
    text: 'Each entry of a `policy` has a `name`, and either `allow_if` or `deny_if`: `- {name: no-writes, deny_if: \'request.method != "GET"\'}`. [policies.md](policies.md) has twenty examples.',
  },
  expressionUnreadable: {
    code: 'LK331',
    severity: 'error',
    title: 'An expression that cannot be read',
    text: 'The message names the line and the column inside the expression. Expressions are written in CEL: `==` compares, `&&` is "and", `||` is "or", `!` is "not", and texts are in quotes. In YAML, write a longer expression below `|`, so that its quotes need no escaping.',
  },
  factUnknown: {
    code: 'LK332',
    severity: 'error',
    title: 'A fact that does not exist',
    text: 'A rule can read only the facts in [policies.md](policies.md#facts), and the `networks` in the root of the file. A rule with a misspelt fact would not restrict.',
  },
  expressionType: {
    code: 'LK333',
    severity: 'error',
    title: 'An expression with wrong types',
    text: 'Everything in an expression has a type, and the types have to fit together. A text is never equal to a number, a list is searched with `in`, a group is written as a text in quotes, a time is compared with a time. The whole expression has to be true or false.',
  },
  ruleTooLarge: {
    code: 'LK334',
    severity: 'error',
    title: 'A rule that is too large',
    text: 'An expression has at most 1000 characters, 16 brackets open at once, and no `exists` or `all` inside another one. A policy has at most 50 rules, and the different expressions of a file at most 100 000 characters together. These limits keep requests fast. For a long list of people, use a group.',
  },
  ruleName: {
    code: 'LK335',
    severity: 'error',
    title: 'A rule name that cannot be used',
    text: 'The name is shown in metrics, in logs and on pages. It has up to 64 letters, digits, dashes and underscores. The rules of one policy have different names.',
  },
  ruleStatus: {
    code: 'LK336',
    severity: 'error',
    title: 'A status that a rule cannot have',
    text: 'A rule with `deny_if` answers 403, or 404 with `status: 404`. A rule with `allow_if` has no status, because it refuses nobody.',
  },
  rulePattern: {
    code: 'LK337',
    severity: 'error',
    title: 'A pattern in a rule that cannot be used',
    text: '`matches` takes a pattern in RE2 syntax, like `skip_auth_regex`. It matches anywhere in the text unless it begins with `^`. Write it in quotes, with every backslash twice: `"^/v\\\\d+/"`, or once with an `r` in front: `r"^/v\\d+/"`.',
  },
  neverEqual: {
    code: 'LK338',
    severity: 'warning',
    title: 'A text that can never be equal',
    text: 'The fact never has such a value: addresses, domains and hosts are in lower case, methods in upper case, and paths begin with `/` and have no query. So the comparison is always false, and with `!=` always true.',
  },
  ruleConstant: {
    code: 'LK339',
    severity: 'warning',
    title: 'A rule that is always true, or never',
    text: 'The rule has the same result for everybody. A `deny_if` that is always true refuses everybody. An `allow_if` that is always true lets in everybody who is signed in. A rule that is never true does nothing.',
  },
  neverFalse: {
    code: 'LK341',
    severity: 'warning',
    title: 'A `has` that is never false',
    text: 'The sender of a request can make `request.path` or `request.method` absent: the path `/admin//users` can be read in two ways. Then `deny_if: has(request.path) && request.path.startsWith("/admin")` would not stop this request. So `has` cannot be decided there, and the rule refuses. Remove the `has`: the rule refuses such paths without it, too. If some people may use such paths, put a condition about them first: `!("admins@example.com" in user.groups) && request.path.startsWith("/admin")`.',
  },
  networkUnusable: {
    code: 'LK340',
    severity: 'error',
    title: 'A network that cannot be used',
    text: '`networks` gives names to lists of addresses and ranges (CIDR): `networks: {office: [198.51.100.0/24, 2001:db8:5::/48]}`. A name has lower-case letters, digits and underscores, because rules use it as `networks.office`.',
  },
  deviceHeader: {
    code: 'LK519',
    severity: 'error',
    title: 'A device header that cannot be used',
    text: '`device_headers` gives names to headers with which servers in front describe a device: with `device_headers: {managed: X-Device-Managed}` a rule can ask `device.managed == "true"`. A name has lower-case letters, digits and underscores. The header must have no other use: it is not one that the proxy or a route sets, that browsers or programs usually send, that contains credentials or that controls the connection. Each header is used for only one fact.',
  },
  severalKinds: {
    code: 'LK401',
    severity: 'warning',
    title: 'More than one kind of rule',
    text: 'The route has rules of more than one kind: groups, domains, addresses. Each of them alone lets a person in, at every request. (BuzzFeed SSO documented the same, but required all of them after the first minute.) If a person has to be in the group, keep only the group. A default of the environment counts as a rule, too.',
  },
  wildcardNotAlone: {
    code: 'LK402',
    severity: 'warning',
    title: '`*` beside other entries',
    text: '`*` means everybody only if it is the only entry of its list. Together with other entries it matches nobody. Remove it, or remove the others.',
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
    text: 'The list is empty, or the duration is zero, so the default of the environment applies. Write the list or the duration that you want.',
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
    text: 'The groups in `X-Forwarded-Groups` are separated by commas. A group with a comma or a control character in its name would be read as another group, or as several. So it is left out of this header. Members of the group still have access. If the application uses the groups, rename the group at the provider.',
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
      'Each line that `latchkey` prints about an upstream file has a code. This page explains each code and says what to write; [upstreams.md](upstreams.md) describes every option. A file with an error is not used: the service does not start, or a running service keeps its current file. A file with a warning is used. One run reports all errors and warnings, except those that only follow from another error: if `allowed_groups` cannot be read, there is no second error about a missing rule.',
      'Generated from `packages/upstreams/src/diagnostics.ts`.',
      ...kinds.map(
        (kind) =>
          `## ${kind.code}: ${kind.title}\n\n_${kind.severity === 'error' ? 'Error' : 'Warning'}._ ${kind.text}`,
      ),
    ].join('\n\n') + '\n'
  );
}
