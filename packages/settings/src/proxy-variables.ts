import { auditVariables } from './audit.ts';
import { domain, emailAddressList, emailDomainList, origin, secureAddress } from './address.ts';
import { duration, durationOrZero } from './duration.ts';
import {
  cookieVariables,
  observabilityVariables,
  outgoingVariables,
  serverVariables,
  tracingVariables,
} from './shared-variables.ts';
import { yamlDocument } from './inline-document.ts';
import { headerSecretList, sharedSecretList } from './secret.ts';
import { siblingList } from './sibling-list.ts';
import { slug } from './slug.ts';
import { boolean, count, port, portList, scheme, text, textList } from './value-types.ts';
import { authorizationHeader, lastGoodPlace, upstreamAddress } from './upstream-source.ts';
import type { Table } from './variable.ts';

/** Every variable of the proxy, except the patterns below. */
export const proxyVariables = {
  ...serverVariables,
  SERVER_TIMEOUT_SHUTDOWN: {
    type: duration,
    default: '30s',
    meaning: 'How long running requests may take to finish after the signal to stop.',
  },
  SERVER_PUBLIC_PORTS: {
    type: portList,
    meaning:
      'Further ports in the addresses of applications, as browsers see them: `8443` for https://wiki.example.com:8443/. The default port of the scheme and the ports in `from` are always included. Unset: no further ports, or SERVER_PORT if SESSION_COOKIE_SECURE is false.',
  },
  SERVER_HTTP2: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether SERVER_PORT accepts HTTP/2 without TLS (h2c with prior knowledge) as well as HTTP/1.1. An ALB needs this for a target group with the protocol version HTTP2 or GRPC, and so do gRPC clients without a load balancer. Browsers do not need it: they use HTTP/2 only over TLS.',
  },
  SERVER_DEVICE_CERTIFICATES: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether the proxy believes the headers with which an ALB describes a client certificate (X-Amzn-Mtls-Clientcert-Subject, -Issuer, -Serial-Number, -Validity and -Leaf), and forwards them to applications. It believes them only from SERVER_TRUSTED_PROXIES. Write true only if every listener of the ALB verifies certificates (mutual TLS, `verify`): a listener that does not would forward what a browser wrote there.',
  },
  SERVER_INTERIM_ANSWERS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether interim answers of applications (103 Early Hints) are forwarded. Write true only if everything in front of the proxy supports them, as haproxy and Apache do. nginx before 1.29 takes such an answer for the final one.',
  },

  CONNECTORS_HOST: {
    type: domain,
    meaning:
      'The host at which connectors reach the proxy, on any port: `connect.corp.example.com`. The connectors themselves are listed in `connectors` of the upstream file. Unset: no connector can connect.',
  },
  CONNECTORS_PORT: {
    type: port,
    meaning:
      'The port at which other tasks of the proxy reach the connectors that are connected to this task. The tasks prove to each other that they know SESSION_COOKIE_SECRET. For the internal network only; no load balancer needs it. Needs CONNECTORS_SIBLINGS.',
  },
  CONNECTORS_SIBLINGS: {
    type: siblingList,
    meaning:
      'The DNS name of the tasks of the proxy, with their CONNECTORS_PORT: `proxy.latchkey.internal:4182`. Every address of the name is one task; this task may be among them. A task without a connection of a connector uses the connection of another task. Needs CONNECTORS_PORT. Unset: such a task answers 503 until the connector has connected to it, too.',
  },

  PROVIDER_TYPE: {
    type: text,
    default: 'sso',
    meaning: 'Kept for old environments: the proxy always asks auth.',
    effect: 'none',
    aliases: ['PROVIDER'],
  },
  PROVIDER_URL_EXTERNAL: {
    type: origin,
    required: true,
    meaning: 'The address of auth as browsers see it. A path is dropped.',
    aliases: ['PROVIDER_URL'],
  },
  PROVIDER_URL_INTERNAL: {
    type: origin,
    meaning: 'The address at which the proxy itself reaches auth. Unset: PROVIDER_URL_EXTERNAL.',
    aliases: ['PROXY_PROVIDER_URL'],
  },
  PROVIDER_SCOPE: {
    type: text,
    default: '',
    meaning: 'The scope that the proxy requests from auth.',
    effect: 'none yet',
    aliases: ['SCOPE'],
  },
  CLIENT_ID: {
    type: text,
    required: true,
    meaning: 'The client id of the proxy at auth: CLIENT_PROXY_ID of auth.',
  },
  CLIENT_SECRET: {
    type: sharedSecretList,
    required: true,
    secret: true,
    meaning:
      'The client secret of the proxy at auth: CLIENT_PROXY_SECRET of auth. Keys are derived from it, too. `openssl rand -base64 32` makes one. If there are several, the proxy uses the first to authenticate and to sign, and accepts signatures of all.',
  },

  ...cookieVariables,
  SESSION_TTL_LIFETIME: {
    type: duration,
    default: '720h',
    meaning: 'How long a person stays signed in. After that, the person has to sign in again.',
    aliases: ['SESSION_LIFETIME_TTL'],
  },
  SESSION_TTL_VALID: {
    type: duration,
    default: '60s',
    meaning: 'How long the proxy accepts a session before it asks auth again.',
    aliases: ['SESSION_VALID_TTL'],
  },
  SESSION_TTL_GRACEPERIOD: {
    type: durationOrZero,
    default: '3h',
    meaning:
      'How long a session stays valid while auth cannot be reached, counted from the last confirmation by auth.',
    aliases: ['SESSION_TTL_GRACE_PERIOD', 'GRACE_PERIOD_TTL'],
  },

  UPSTREAM_CONFIGFILE: {
    type: text,
    meaning:
      'The path of the upstream YAML. It is reloaded when it changes. Without it, every host is unknown.',
    aliases: ['UPSTREAM_CONFIGS_FILE', 'UPSTREAM_CONFIG_FILE', 'UPSTREAM_CONFIGS'],
  },
  UPSTREAM_CONFIG: {
    type: yamlDocument,
    verbatim: true,
    meaning:
      'The upstream YAML itself, in place of a file. Set only one of UPSTREAM_CONFIG, UPSTREAM_CONFIGFILE and UPSTREAM_CONFIG_URL.',
  },
  UPSTREAM_CONFIG_URL: {
    type: upstreamAddress,
    meaning:
      'Where the upstream YAML is, in place of a file: `s3://bucket/key`, `https://…` (`http://` on this machine alone), `ssm:/parameter` (up to 8 KB) or `secretsmanager:name` (up to 64 KB). Every task looks for a new version about every 12 seconds, and at once on SIGHUP. AWS is called with the role of the task, in its region. For a server with the API of S3, such as MinIO, set `AWS_ENDPOINT_URL_S3`; the bucket is then the first part of the path.',
  },
  UPSTREAM_CONFIG_URL_AUTHORIZATION: {
    type: authorizationHeader,
    secret: true,
    meaning:
      'The header `Authorization` for UPSTREAM_CONFIG_URL, if that is an https address: `Bearer …` or `Basic …`.',
  },
  UPSTREAM_CONFIG_LAST_GOOD: {
    type: lastGoodPlace,
    meaning:
      'Where the proxy keeps a copy of the last valid version from UPSTREAM_CONFIG_URL: `s3://bucket/key`, or a path. If the newest version has errors or cannot be read when a task starts, the task starts with this copy, and logs that. Unset: such a task does not start.',
  },
  UPSTREAM_RELOAD_ALLOW_LOSS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether a reload may remove more than half of the routes, or all. With false such a file is refused like a file with errors. A restart applies it in any case.',
  },
  UPSTREAM_LIVE_COPY: {
    type: text,
    meaning:
      'A path to which the active upstream file is copied, at the start and after each reload. Use the copy with `latchkey routes` and `latchkey diff` while the file itself has errors. Only the user of the proxy can read the copy; the proxy never reads it. Unset: no copy.',
  },
  UPSTREAM_CLUSTER: {
    type: text,
    default: '',
    meaning:
      'The section of the YAML that is merged over `default`. Empty: only the `default` sections count.',
    aliases: ['CLUSTER'],
  },
  UPSTREAM_SCHEME: {
    type: scheme,
    default: 'https',
    meaning: 'The scheme of addresses in the YAML that have no scheme.',
    aliases: ['SCHEME'],
  },
  UPSTREAM_DEFAULT_EMAIL_DOMAINS: {
    type: emailDomainList,
    meaning: 'The e-mail domains that have access to upstreams without a list of their own.',
    aliases: ['DEFAULT_ALLOWED_EMAIL_DOMAINS', 'EMAIL_DOMAIN'],
  },
  UPSTREAM_DEFAULT_EMAIL_ADDRESSES: {
    type: emailAddressList,
    meaning: 'The e-mail addresses that have access to upstreams without a list of their own.',
    aliases: ['DEFAULT_ALLOWED_EMAIL_ADDRESSES', 'EMAIL_ADDRESSES'],
  },
  UPSTREAM_DEFAULT_GROUPS: {
    type: textList,
    meaning: 'The groups that have access to upstreams without a list of their own. Letter case counts.',
    aliases: ['DEFAULT_ALLOWED_GROUPS'],
  },
  UPSTREAM_DEFAULT_TIMEOUT: {
    type: duration,
    default: '10s',
    meaning: 'How long an application may take to begin its answer.',
    aliases: ['DEFAULT_UPSTREAM_TIMEOUT'],
  },
  UPSTREAM_DEFAULT_RESETDEADLINE: {
    type: duration,
    default: '60s',
    meaning:
      'How long a connection to an application is used before a new one is opened, for which DNS is asked again.',
    aliases: ['UPSTREAM_DEFAULT_TCP_RESET_DEADLINE', 'DEFAULT_UPSTREAM_TCP_RESET_DEADLINE'],
  },
  UPSTREAM_MAX_CONNECTIONS: {
    type: count,
    default: '2048',
    meaning:
      'How many requests and WebSockets may be open to the address of one application, in each task of the proxy. The same number may wait. One person may use half of them, and so may all people together who are not signed in. An event stream counts as long as it is open.',
  },
  AWS_ENDPOINT_URL_STS: {
    type: secureAddress,
    meaning:
      'The address of AWS STS, which the proxy asks for the AWS role of a caller (`aws_role` of a service account). Unset: `https://sts.REGION.amazonaws.com`, with the region for which the caller signed. This server decides who the caller is, so write only an address that you trust as much as AWS. A path is dropped.',
  },
  UPSTREAM_DEFAULT_PROVIDER: {
    type: slug,
    default: 'google',
    meaning: 'The slug of the provider with which people sign in.',
    aliases: ['DEFAULT_PROVIDER_SLUG'],
  },
  UPSTREAM_DEFAULT_CA_FILE: {
    type: text,
    meaning:
      'The PEM file with the certificate authorities that are accepted for applications, for routes without `ca_file`. Unset: the public authorities that come with Node.',
  },
  UPSTREAM_DEFAULT_CLIENT_CERT_FILE: {
    type: text,
    meaning:
      'The PEM file with the client certificate for applications, for routes without `client_cert_file`.',
  },
  UPSTREAM_DEFAULT_CLIENT_KEY_FILE: {
    type: text,
    meaning: 'The PEM file with the private key of UPSTREAM_DEFAULT_CLIENT_CERT_FILE.',
  },
  UPSTREAM_DEFAULT_SERVER_NAME: {
    type: domain,
    meaning:
      'The name that the certificate of an application must contain, for routes without `server_name`. Unset: the host of `to`.',
  },
  UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether a rewrite route whose target contains a part of the host name may lead to the machine of the proxy, its local link or the metadata of its cloud: loopback, 169.254.0.0/16 and the like. Only for development, or for applications in the same task as the proxy.',
  },

  REQUESTSIGNER_KEY: {
    type: text,
    secret: true,
    meaning:
      'The RSA private key (PKCS#8 PEM) that signs requests to applications. It may hold several keys, one below the other: the first signs, and the public keys of all are published at /oauth2/v1/certs.',
    aliases: ['REQUEST_SIGNATURE_KEY'],
  },
  ASSERTION_KEY: {
    type: text,
    secret: true,
    meaning:
      'The EC private key (P-256; PEM or JWK) that signs assertions about a person for applications (`X-Latchkey-Jwt-Assertion`). `latchkey keys assertion` makes one. It may hold several keys, one below the other: the first signs, and the public keys of all are published at /oauth2/v1/jwks. Unset: no assertions.',
  },
  ADMIN_SECRET: {
    type: headerSecretList,
    secret: true,
    meaning:
      'The secret with which operators may use /routes and /decision on ADMIN_PORT and change the level of the log. If there are several, all are accepted. It must differ from ADMIN_SECRET of auth, which can end sessions. Unset: nobody can.',
  },
  ...observabilityVariables,
  ...tracingVariables,
  ...auditVariables,
  ...outgoingVariables,
  RIG_IMAGE_VERSION: {
    type: text,
    default: 'HEAD',
    meaning: 'The version in the User-Agent of the proxy.',
    effect: 'none yet',
  },
} satisfies Table;

/** Variables of the proxy whose names are patterns: declared for the reference, read by their prefix. */
export const proxyPatterns = {
  'SSO_CONFIG_<NAME>': {
    type: text,
    verbatim: true,
    meaning: 'Replaces `{{name}}`, in lower case, in the upstream YAML.',
  },
  'SSO_CONFIG_<SERVICE>_SIGNING_KEY': {
    type: text,
    secret: true,
    verbatim: true,
    meaning: 'The HMAC key, as `algorithm:secret`, that signs requests to one service.',
  },
} satisfies Table;
