import { cidrList, domain, outgoingProxy, proxyExceptions } from './address.ts';
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
    meaning: 'The address to listen on, METRICS_PORT included. Unset, every one that the machine has.',
  },
  SERVER_TIMEOUT_READ: {
    type: duration,
    default: '30s',
    meaning: 'How long a client may take to send the head of a request, and be silent within its body.',
    aliases: ['TCP_READ_TIMEOUT'],
  },
  SERVER_TIMEOUT_WRITE: {
    type: duration,
    default: '30s',
    meaning:
      'How long a caller may take nothing of an answer that waits for it. An answer that flows may take as long as it takes.',
    aliases: ['TCP_WRITE_TIMEOUT'],
  },
  SERVER_TIMEOUT_DRAIN: {
    type: durationOrZero,
    default: '0s',
    meaning:
      'How long the service still takes connections once it is told to stop, while /ping answers 503. ECS takes a task out of its load balancer first and needs none; on Kubernetes write 10s.',
  },
  SERVER_TRUSTED_PROXIES: {
    type: cidrList,
    meaning:
      'The addresses of your load balancers. Only from them are X-Forwarded-For, X-Forwarded-Proto and X-Request-Id believed. IPv4 ranges are written as IPv4.',
  },
  SERVER_RATE_LIMIT: {
    type: countOrZero,
    default: '6000',
    meaning:
      'How many sign-in pages one address may ask for in a minute; IPv6 counts by /64. The default lets an office of three thousand behind one address sign in within one minute. 0: no limit, for where something that sends no X-Forwarded-For hides all addresses.',
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
      'Seals the session cookie, the same in both services. The first of several seals, all of them open.',
    aliases: ['COOKIE_SECRET'],
  },
  SESSION_COOKIE_DOMAIN: {
    type: domain,
    meaning:
      'The domain whose hosts all see the session cookie, the same in both services. Hosts outside it, and all where it is unset, get a session of their own, by redirects that nobody sees.',
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
    meaning: 'Whether browsers send the cookie over HTTPS only. Say false only for development.',
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
    meaning:
      'Whether each request leaves a line in the log. A refusal and an error of ours leave theirs in any case.',
    aliases: ['REQUEST_LOGGING'],
  },
  LOGGING_LEVEL: {
    type: logLevel,
    default: 'info',
    meaning: 'The least severe lines that are logged.',
  },
  METRICS_PORT: {
    type: port,
    meaning: 'The port of /metrics for Prometheus, for the inside only. Unset, there is none.',
  },
  METRICS_STATSD_HOST: {
    type: text,
    meaning: 'The StatsD agent that metrics are sent to, over UDP. Unset, nothing is sent.',
    aliases: ['STATSD_HOST'],
  },
  METRICS_STATSD_PORT: {
    type: port,
    default: '8125',
    meaning: 'The port of the StatsD agent.',
    aliases: ['STATSD_PORT'],
  },
} satisfies Table;

/** How others are asked: providers, auth, and applications. */
export const outgoingVariables = {
  // Secret, because the address of an outgoing proxy may hold its password.
  HTTP_PROXY: {
    type: outgoingProxy,
    secret: true,
    meaning:
      'The outgoing proxy through which others are reached over plain HTTP: providers, auth and applications. None to this machine itself.',
  },
  HTTPS_PROXY: {
    type: outgoingProxy,
    secret: true,
    meaning: 'The same for what is reached over HTTPS.',
  },
  NO_PROXY: {
    type: proxyExceptions,
    meaning:
      'Who is reached without the outgoing proxy, with commas between: hosts with all that is below them, `.example.com` for what is below alone, addresses, ranges like `10.0.0.0/8`, each but a range with a port if you like, or `*`.',
  },
} satisfies Table;
