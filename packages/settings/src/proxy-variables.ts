import { domain, emailAddressList, emailDomainList, origin } from './address.ts';
import { duration, durationOrZero } from './duration.ts';
import {
  cookieVariables,
  observabilityVariables,
  outgoingVariables,
  serverVariables,
} from './shared-variables.ts';
import { yamlDocument } from './inline-document.ts';
import { sharedSecretList } from './secret.ts';
import { slug } from './slug.ts';
import { boolean, count, portList, scheme, text, textList } from './value-types.ts';
import type { Table } from './variable.ts';

/** Every variable of the proxy, except the patterns below. */
export const proxyVariables = {
  ...serverVariables,
  SERVER_TIMEOUT_SHUTDOWN: {
    type: duration,
    default: '30s',
    meaning: 'How long running requests may take to finish once the service is told to stop.',
  },
  SERVER_PUBLIC_PORTS: {
    type: portList,
    meaning:
      'The ports at which browsers reach the applications, where an address names one: `8443` for https://wiki.example.com:8443/. The usual port of the scheme and ports that a `from` names need no mention. Unset, there are no others; where SESSION_COOKIE_SECURE is false, SERVER_PORT.',
  },
  SERVER_HTTP2: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether callers may speak HTTP/2 without TLS (h2c, from the first byte on) at SERVER_PORT, beside HTTP/1.1, as a target group of an ALB with the protocol version HTTP2 or GRPC does. For load balancers and gRPC callers: browsers speak HTTP/2 only over TLS.',
  },
  SERVER_INTERIM_ANSWERS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether interim answers of applications (103 Early Hints) are passed on. Say true where all that stands in front takes them, as haproxy and Apache do. nginx before 1.29 takes one for the answer itself.',
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
    meaning: 'The address of auth for the proxy itself. Unset, it is PROVIDER_URL_EXTERNAL.',
    aliases: ['PROXY_PROVIDER_URL'],
  },
  PROVIDER_SCOPE: {
    type: text,
    default: '',
    meaning: 'The scope that the proxy asks of auth.',
    effect: 'none yet',
    aliases: ['SCOPE'],
  },
  CLIENT_ID: {
    type: text,
    required: true,
    meaning: 'The name by which auth knows the proxy: its CLIENT_PROXY_ID.',
  },
  CLIENT_SECRET: {
    type: sharedSecretList,
    required: true,
    secret: true,
    meaning:
      'The secret that proves it, and from which keys are derived: the CLIENT_PROXY_SECRET of auth. `openssl rand -base64 32` makes one. The first of several proves and signs, what any of them signed is taken.',
  },

  ...cookieVariables,
  SESSION_TTL_LIFETIME: {
    type: duration,
    default: '720h',
    meaning: 'So long after signing in, a person signs in again.',
    aliases: ['SESSION_LIFETIME_TTL'],
  },
  SESSION_TTL_VALID: {
    type: duration,
    default: '60s',
    meaning: 'How long the proxy believes a session before it asks auth again.',
    aliases: ['SESSION_VALID_TTL'],
  },
  SESSION_TTL_GRACEPERIOD: {
    type: durationOrZero,
    default: '3h',
    meaning: 'How long a session goes on while auth cannot be asked, from when auth last vouched for it.',
    aliases: ['SESSION_TTL_GRACE_PERIOD', 'GRACE_PERIOD_TTL'],
  },

  UPSTREAM_CONFIGFILE: {
    type: text,
    meaning:
      'The path of the upstream YAML. It is read again when it changes. Without one, every host is unknown.',
    aliases: ['UPSTREAM_CONFIGS_FILE', 'UPSTREAM_CONFIG_FILE', 'UPSTREAM_CONFIGS'],
  },
  UPSTREAM_CONFIG: {
    type: yamlDocument,
    verbatim: true,
    meaning:
      'The upstream YAML itself, where it is not to be a file. Set either this or UPSTREAM_CONFIGFILE.',
  },
  UPSTREAM_RELOAD_ALLOW_LOSS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether the file may lose more than half of its routes, or all, when it is read again. Otherwise such a file is refused like one with an error; a restart puts it in force.',
  },
  UPSTREAM_LIVE_COPY: {
    type: text,
    meaning:
      'A path to which the upstream file that is in force is copied, at the start and after each reload, for `latchkey routes` and `latchkey diff` while the file itself is broken. Only the user of the proxy may read the copy, and the proxy never does. Unset, there is none.',
  },
  UPSTREAM_CLUSTER: {
    type: text,
    default: '',
    meaning: 'The section of the YAML that is merged over default. Empty, only the default sections count.',
    aliases: ['CLUSTER'],
  },
  UPSTREAM_SCHEME: {
    type: scheme,
    default: 'https',
    meaning: 'The scheme of addresses in the YAML that are written without one.',
    aliases: ['SCHEME'],
  },
  UPSTREAM_DEFAULT_EMAIL_DOMAINS: {
    type: emailDomainList,
    meaning: 'The e-mail domains let in by upstreams that do not name their own.',
    aliases: ['DEFAULT_ALLOWED_EMAIL_DOMAINS', 'EMAIL_DOMAIN'],
  },
  UPSTREAM_DEFAULT_EMAIL_ADDRESSES: {
    type: emailAddressList,
    meaning: 'The e-mail addresses let in by upstreams that do not name their own.',
    aliases: ['DEFAULT_ALLOWED_EMAIL_ADDRESSES', 'EMAIL_ADDRESSES'],
  },
  UPSTREAM_DEFAULT_GROUPS: {
    type: textList,
    meaning: 'The groups let in by upstreams that do not name their own. Letter case counts.',
    aliases: ['DEFAULT_ALLOWED_GROUPS'],
  },
  UPSTREAM_DEFAULT_TIMEOUT: {
    type: duration,
    default: '10s',
    meaning: 'How long an upstream may take to begin its answer.',
    aliases: ['DEFAULT_UPSTREAM_TIMEOUT'],
  },
  UPSTREAM_DEFAULT_RESETDEADLINE: {
    type: duration,
    default: '60s',
    meaning: 'How long connections to an upstream are kept before its name is looked up again.',
    aliases: ['UPSTREAM_DEFAULT_TCP_RESET_DEADLINE', 'DEFAULT_UPSTREAM_TCP_RESET_DEADLINE'],
  },
  UPSTREAM_MAX_CONNECTIONS: {
    type: count,
    default: '2048',
    meaning:
      'How many requests and WebSockets may be under way to the address of an upstream, in each task of the proxy; as many may wait. One person, or all together who are not signed in, may have half of them. An open event stream counts for as long as it is open.',
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
      'The PEM file with the authorities from one of which the certificate of an upstream has to come, where `ca_file` does not say otherwise. Unset, those that are known.',
  },
  UPSTREAM_DEFAULT_CLIENT_CERT_FILE: {
    type: text,
    meaning:
      'The PEM file with the certificate that is shown to upstreams, where `client_cert_file` does not say otherwise.',
  },
  UPSTREAM_DEFAULT_CLIENT_KEY_FILE: {
    type: text,
    meaning: 'The PEM file with the private key of UPSTREAM_DEFAULT_CLIENT_CERT_FILE.',
  },
  UPSTREAM_DEFAULT_SERVER_NAME: {
    type: domain,
    meaning:
      'The name that the certificate of an upstream has to hold, where `server_name` does not say otherwise. Unset, the host of `to`.',
  },
  UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether a rewrite route whose target a host name helps to make may lead to this machine, to its link or to the metadata of its cloud: loopback, 169.254.0.0/16 and their like. Only for development, or for applications beside the proxy in one task.',
  },

  REQUESTSIGNER_KEY: {
    type: text,
    secret: true,
    meaning:
      'The RSA private key (PKCS#8 PEM) that signs requests to upstreams. The first of several, one below the other, signs; all of them are published at /oauth2/v1/certs.',
    aliases: ['REQUEST_SIGNATURE_KEY'],
  },
  ASSERTION_KEY: {
    type: text,
    secret: true,
    meaning:
      'The EC private key (P-256; PEM or JWK) that signs what applications are told about a person (`X-Latchkey-Jwt-Assertion`). `latchkey keys assertion` makes one. The first of several, one below the other, signs; all of them are published at /oauth2/v1/jwks. Unset, there are no assertions.',
  },
  ...observabilityVariables,
  ...outgoingVariables,
  RIG_IMAGE_VERSION: {
    type: text,
    default: 'HEAD',
    meaning: 'The version that the proxy gives in its User-Agent.',
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
