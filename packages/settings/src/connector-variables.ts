import { connectorName } from '@latchkey/contract';
import { isSecure, parseWebAddress } from './address.ts';
import { connectorTargets } from './connector-targets.ts';
import { duration } from './duration.ts';
import { boolean, count, logLevel, port, text, valueType } from './value-types.ts';
import type { Table } from './variable.ts';

const anAddress = 'an https URL like https://connect.corp.example.com (http only on this machine)';

/** Only over TLS: the token goes there. RFC 6761, section 6.3: names below `localhost` are this machine. */
const proxyOrigin = valueType(
  'URL',
  anAddress,
  (text) => {
    const url = parseWebAddress(text);
    if (url === undefined || !(isSecure(url) || url.hostname.endsWith('.localhost'))) return undefined;
    return new URL(url.origin);
  },
  { example: 'https://connect.corp.example.com' },
);

const name = valueType(
  'name',
  'up to 63 lower-case letters, digits and dashes, a dash neither first nor last',
  (text) => (connectorName.test(text) ? text : undefined),
  { example: 'grafana-prod' },
);

const token = valueType(
  'token',
  'the token that `latchkey keys service-token NAME` prints',
  (text) => (/^lk_[a-z0-9-]{1,63}_[0-9A-Za-z]{49}$/.test(text) ? text : undefined),
  { example: `lk_connector_${'0'.repeat(49)}` },
);

/** Every variable of the connector. */
export const connectorVariables = {
  CONNECTOR_NAME: {
    type: name,
    required: true,
    meaning: 'The name of the connector in `connectors` of the upstream file and in `via` of routes.',
  },
  CONNECTOR_URL: {
    type: proxyOrigin,
    required: true,
    meaning: 'The address of the proxy at its CONNECTORS_HOST. A path is dropped.',
  },
  CONNECTOR_TOKEN: {
    type: token,
    secret: true,
    meaning: 'The token of its service account. Needed unless CONNECTOR_AWS_ROLE is true.',
  },
  CONNECTOR_AWS_ROLE: {
    type: boolean,
    default: 'false',
    meaning:
      'Whether the connector authenticates with its AWS role (`aws_role` of its service account), in place of a token. Its credentials are found in the same way as by every AWS SDK. Needs AWS_REGION, which ECS sets.',
  },
  CONNECTOR_TARGETS: {
    type: connectorTargets,
    required: true,
    meaning:
      'The targets that the connector may connect to, whatever the proxy asks: `APPLICATION=TARGET`, as in `https://grafana.corp.example.com=localhost:3000`. The application is the address that browsers see; a request for the target needs an assertion for this application. The target is written as in `to` of the route: `host:port`, `unix:/path`, `https://host:port` or `tcp://host:port`. A target without an application is allowed only with CONNECTOR_VERIFY=false.',
  },
  CONNECTOR_TARGETS_CA_FILE: {
    type: text,
    meaning:
      'The PEM file with the certificate authorities that are accepted for `https://` targets. Unset: the public authorities that come with Node.',
  },
  CONNECTOR_VERIFY: {
    type: boolean,
    default: 'true',
    meaning:
      'Whether each request needs a valid assertion of a person for its application. With false the connector passes on whatever the proxy sends.',
  },
  CONNECTOR_ALLOW_IF: {
    type: text,
    meaning:
      'A rule of the connector itself, which has to be true in addition to the rules of the proxy. It is an expression as in `allow_if` of a [policy](policies.md), like `request.method == "GET" || "ops@example.com" in user.groups`. It can read `user.email`, `domain`, `groups`, `sub` and `idp`, and `request.method`, `host`, `path`, `headers` and `time`.',
  },
  CONNECTOR_AUTH_URL: {
    type: proxyOrigin,
    meaning:
      'The address of auth: PROVIDER_URL_EXTERNAL of the proxy. Auth publishes the keys of assertions there, and assertions name it as their issuer. Needed unless CONNECTOR_VERIFY is false.',
  },
  CONNECTOR_AUTH_URL_INTERNAL: {
    type: proxyOrigin,
    meaning: 'The address at which the connector itself reaches auth. Unset: CONNECTOR_AUTH_URL.',
  },
  CONNECTOR_WAIT_FOR: {
    type: duration,
    default: '60s',
    meaning:
      'How long the connector waits at the start until every target accepts connections. If they do not, the process ends, so that its platform starts it again.',
  },
  CONNECTOR_CONNECTIONS: {
    type: count,
    default: '2',
    meaning:
      'How many connections to the proxy the connector opens. It also tries to open one connection to each task of the proxy that these do not reach.',
  },
  CONNECTOR_HEALTH_PORT: {
    type: port,
    meaning:
      'The port at which /ping answers 200 while there is a connection to the proxy, and 503 otherwise. It listens on 127.0.0.1 only: it is for a health check inside the container, and /bin/healthcheck of the image uses it. Unset: there is no such port.',
  },
  LOGGING_LEVEL: {
    type: logLevel,
    default: 'info',
    meaning: 'The lowest level of the lines that are logged.',
  },
} satisfies Table;
