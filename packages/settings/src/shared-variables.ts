import { cidrList, domain, outgoingProxy, proxyExceptions } from './address.ts';
import { collectorAddress, collectorProtocol, keyValues, sampler, share } from './tracing.ts';
import { duration, durationOrZero } from './duration.ts';
import { keyList } from './secret.ts';
import { boolean, cookieName, countOrZero, logLevel, port, text } from './value-types.ts';
import type { Table } from './variable.ts';

/** The listening server, for both services. */
export const serverVariables = {
  SERVER_PORT: {
    type: port,
    default: '4180',
    meaning: 'The port to listen on.',
    aliases: ['PORT'],
  },
  SERVER_ADDRESS: {
    type: text,
    meaning:
      'The IP address to listen on. ADMIN_PORT uses it, too, unless ADMIN_ADDRESS is set. Unset: all addresses of the machine.',
  },
  SERVER_TIMEOUT_READ: {
    type: duration,
    default: '30s',
    meaning:
      'How long a client may take to send the headers of a request, and how long it may pause within the body until the answer begins.',
    aliases: ['TCP_READ_TIMEOUT'],
  },
  SERVER_TIMEOUT_WRITE: {
    type: duration,
    default: '30s',
    meaning:
      'How long a client may stop reading while the service has more of the answer to send. An answer that the client keeps reading has no limit.',
    aliases: ['TCP_WRITE_TIMEOUT'],
  },
  SERVER_TIMEOUT_DRAIN: {
    type: durationOrZero,
    default: '0s',
    meaning:
      'How long the service still accepts connections after the signal to stop, while /ping answers 503. On ECS 0s is right: ECS first removes a task from its load balancer. On Kubernetes write 10s.',
  },
  SERVER_TRUSTED_PROXIES: {
    type: cidrList,
    meaning:
      'The addresses of your load balancers. X-Forwarded-For, X-Forwarded-Proto, X-Request-Id, X-Amzn-Trace-Id and traceparent are trusted only from these. Write IPv4 ranges as IPv4: `10.0.0.0/16`, not `::ffff:10.0.0.0/112`. Where the proxy speaks HTTP/2 (SERVER_HTTP2), these peers are exempt from the limits on requests that are taken back or malformed, so your load balancers have to limit those.',
  },
  SERVER_RATE_LIMIT: {
    type: countOrZero,
    default: '6000',
    meaning:
      'How many sign-in pages one address may request per minute; for IPv6, one /64 counts as one address. With the default, three thousand people behind one address can sign in within one minute. 0: no limit. Write 0 if your load balancer sends no X-Forwarded-For, because then all clients seem to have one address.',
  },
} satisfies Table;

/** The shared session cookie. Both services must be given the same name, secrets and domain. */
export const cookieVariables = {
  SESSION_COOKIE_NAME: {
    type: cookieName,
    default: '_sso_proxy',
    meaning:
      'The name of the session cookie, the same in both services. A secure cookie gets `__Secure-` in front.',
    aliases: ['COOKIE_NAME'],
  },
  SESSION_COOKIE_SECRET: {
    type: keyList,
    required: true,
    secret: true,
    meaning:
      'The key that encrypts the session cookie, the same in both services. If there are several, the first encrypts, and all decrypt.',
    aliases: ['COOKIE_SECRET'],
  },
  SESSION_COOKIE_DOMAIN: {
    type: domain,
    meaning:
      'The domain whose hosts share the session cookie, the same in both services. Each host outside this domain, or each host if it is unset, gets a session of its own, by a few redirects.',
    aliases: ['COOKIE_DOMAIN'],
  },
  SESSION_COOKIE_EXPIRE: {
    type: duration,
    default: '168h',
    meaning: 'How long a browser keeps the session cookie.',
    aliases: ['COOKIE_EXPIRE'],
  },
  SESSION_COOKIE_SECURE: {
    type: boolean,
    default: 'true',
    meaning: 'Whether browsers send the cookie over HTTPS only. Write false only for development.',
    aliases: ['COOKIE_SECURE'],
  },
  SESSION_COOKIE_HTTPONLY: {
    type: boolean,
    default: 'true',
    meaning: 'Kept for old environments: scripts in a page never see the cookie.',
    effect: 'none',
    aliases: ['COOKIE_HTTP_ONLY'],
  },
} satisfies Table;

/** What either service tells about its work. */
export const observabilityVariables = {
  LOGGING_ENABLE: {
    type: boolean,
    default: 'true',
    meaning: 'Whether each request is logged. Refusals and errors of the service itself are always logged.',
    aliases: ['REQUEST_LOGGING'],
  },
  LOGGING_LEVEL: {
    type: logLevel,
    default: 'info',
    meaning: 'The lowest level of the lines that are logged.',
  },
  ADMIN_PORT: {
    type: port,
    meaning:
      'The port of /healthz, /readyz, /metrics (for Prometheus) and, with ADMIN_SECRET, of the endpoints for operators. For the internal network only. Unset: there is no such port, and nothing is counted for Prometheus.',
  },
  METRICS_PORT: {
    type: port,
    meaning: 'Another name of ADMIN_PORT.',
  },
  ADMIN_ADDRESS: {
    type: text,
    meaning: 'The IP address on which ADMIN_PORT listens. Unset: SERVER_ADDRESS.',
  },
  METRICS_STATSD_HOST: {
    type: text,
    meaning: 'The host of the StatsD agent to which metrics are sent, over UDP. Unset: nothing is sent.',
    aliases: ['STATSD_HOST'],
  },
  METRICS_STATSD_PORT: {
    type: port,
    default: '8125',
    meaning: 'The port of the StatsD agent.',
    aliases: ['STATSD_PORT'],
  },
} satisfies Table;

/** What OpenTelemetry calls them; without the first, the others do nothing. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    type: collectorAddress,
    meaning:
      'The OpenTelemetry collector to which traces are sent, over HTTP as protobuf; `/v1/traces` is added. Unset: there are no traces, and OpenTelemetry is not loaded.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    type: keyValues,
    secret: true,
    meaning:
      'Headers for the collector: `name=value`, separated by commas. Write special characters as `%2C`.',
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: {
    type: collectorProtocol,
    default: 'http/protobuf',
    meaning: 'The protocol to the collector. Only the default is possible.',
  },
  OTEL_SERVICE_NAME: {
    type: text,
    meaning: 'The name of the service in traces. Unset: latchkey-proxy and latchkey-auth.',
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    type: keyValues,
    meaning: 'Attributes of the service in traces, like `deployment.environment.name=production`.',
  },
  OTEL_TRACES_SAMPLER: {
    type: sampler,
    default: 'parentbased_always_on',
    meaning:
      'Which traces are recorded: always_on, always_off or traceidratio. `parentbased_` in front changes nothing: if a trusted peer does not record a trace, this service does not record it either; if the peer records it, the sampler decides.',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    type: share,
    default: '1',
    meaning: 'The share of traces that traceidratio records, from 0 to 1.',
  },
} satisfies Table;

/** How others are asked: providers, auth, and applications. */
export const outgoingVariables = {
  // Secret, because the address of an outgoing proxy may hold its password.
  HTTP_PROXY: {
    type: outgoingProxy,
    secret: true,
    meaning:
      'The outgoing proxy for connections over plain HTTP to providers, auth and applications. Connections to the machine itself do not use it.',
  },
  HTTPS_PROXY: {
    type: outgoingProxy,
    secret: true,
    meaning: 'The same for connections over HTTPS.',
  },
  NO_PROXY: {
    type: proxyExceptions,
    meaning:
      'Destinations that are reached without the outgoing proxy, separated by commas: hosts with their subdomains, `.example.com` for subdomains only, IP addresses, ranges like `10.0.0.0/8`, or `*`. Each may have a port, except ranges.',
  },
} satisfies Table;
