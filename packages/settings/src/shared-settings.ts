import { coverInternet, readNetwork } from '@latchkey/networks';
import { refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { isShort } from './secret.ts';
import type {
  AdminSettings,
  CookieSettings,
  LoggingSettings,
  MetricsSettings,
  OutgoingSettings,
  SecretList,
  ServerSettings,
  TracingSettings,
} from './settings.ts';
import type {
  cookieVariables,
  observabilityVariables,
  outgoingVariables,
  serverVariables,
  tracingVariables,
} from './shared-variables.ts';
import type { Values } from './variable.ts';

type ServerValues = Values<typeof serverVariables> & { SERVER_TIMEOUT_SHUTDOWN: number };
type CookieValues = Values<typeof cookieVariables>;

/** The server part of either service's settings. */
export function serverSettings(values: ServerValues): ServerSettings {
  return {
    port: values.SERVER_PORT,
    ...(values.SERVER_ADDRESS !== undefined && { address: values.SERVER_ADDRESS }),
    readTimeoutMs: values.SERVER_TIMEOUT_READ,
    writeTimeoutMs: values.SERVER_TIMEOUT_WRITE,
    drainMs: values.SERVER_TIMEOUT_DRAIN,
    shutdownTimeoutMs: values.SERVER_TIMEOUT_SHUTDOWN,
    requestsPerMinute: values.SERVER_RATE_LIMIT,
    trustedProxies: values.SERVER_TRUSTED_PROXIES ?? [],
  };
}

/** The cookie part of either service's settings. */
export function cookieSettings(values: CookieValues): CookieSettings {
  const domain = values.SESSION_COOKIE_DOMAIN;
  return {
    name: values.SESSION_COOKIE_NAME,
    secrets: values.SESSION_COOKIE_SECRET,
    ...(domain !== undefined && { domain }),
    secure: values.SESSION_COOKIE_SECURE,
    expireMs: values.SESSION_COOKIE_EXPIRE,
  };
}

/** The logging part of either service's settings. */
export function loggingSettings(values: Values<typeof observabilityVariables>): LoggingSettings {
  return { enabled: values.LOGGING_ENABLE, level: values.LOGGING_LEVEL };
}

/** The metrics part of either service's settings. */
export function metricsSettings(values: Values<typeof observabilityVariables>): MetricsSettings {
  const { METRICS_STATSD_HOST: host } = values;
  return { statsd: { ...(host !== undefined && { host }), port: values.METRICS_STATSD_PORT } };
}

/** The admin port of either service's settings, where there is one. */
export function adminSettings(
  values: Values<typeof observabilityVariables> & { SERVER_ADDRESS: string | undefined },
): { admin?: AdminSettings } {
  const { ADMIN_PORT, METRICS_PORT, ADMIN_ADDRESS, SERVER_ADDRESS } = values;
  const port = ADMIN_PORT ?? METRICS_PORT;
  const address = ADMIN_ADDRESS ?? SERVER_ADDRESS;
  if (port === undefined) return {};
  const variable = ADMIN_PORT === undefined ? 'METRICS_PORT' : 'ADMIN_PORT';
  return { admin: { port, variable, ...(address !== undefined && { address }) } };
}

/**
 * Refuses two names of one port, and warns of what has no effect without it.
 *
 * @param given by their names
 */
export function checkAdminPort(given: ReadonlySet<string>, findings: Findings): void {
  const hasPort = given.has('ADMIN_PORT') || given.has('METRICS_PORT');
  if (given.has('ADMIN_PORT') && given.has('METRICS_PORT')) {
    const message = 'set together with ADMIN_PORT, which is the same: write only one of the two';
    refuse({ variable: 'METRICS_PORT', code: 'conflict', message, others: ['ADMIN_PORT'] }, findings);
  }
  if (given.has('ADMIN_ADDRESS') && !hasPort) {
    const message = 'has no effect without ADMIN_PORT';
    findings.warnings.push({ variable: 'ADMIN_ADDRESS', code: 'without_effect', message });
  }
}

/** One key, one purpose: refuses a secret of operators that is one of the services, too. */
export function checkAdminSecret(
  secrets: SecretList | undefined,
  others: Readonly<Record<string, readonly string[] | undefined>>,
  findings: Findings,
): void {
  const same = Object.keys(others).find((name) => secrets?.some((one) => others[name]?.includes(one)));
  if (same === undefined) return;
  const message = `the same as ${same}, write another one`;
  refuse({ variable: 'ADMIN_SECRET', code: 'conflict', message, others: [same] }, findings);
}

/** The tracing part of either service's settings, where it is on. */
export function tracingSettings(
  values: Values<typeof tracingVariables>,
  service: 'proxy' | 'auth',
): { tracing?: TracingSettings } {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER: which } = values;
  if (endpoint === undefined) return {};
  return {
    tracing: {
      url: new URL(`${endpoint.href.replace(/\/+$/, '')}/v1/traces`),
      headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
      resource: {
        'service.name': `latchkey-${service}`,
        ...values.OTEL_RESOURCE_ATTRIBUTES,
        ...(values.OTEL_SERVICE_NAME !== undefined && { 'service.name': values.OTEL_SERVICE_NAME }),
      },
      ratio: { all: 1, none: 0, share: values.OTEL_TRACES_SAMPLER_ARG }[which],
    },
  };
}

/** The outgoing proxy of either service's settings, where there is one. */
export function outgoingSettings(values: Values<typeof outgoingVariables>): { outgoing?: OutgoingSettings } {
  const { HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: except } = values;
  if (http === undefined && https === undefined && except === undefined) return {};
  return {
    outgoing: {
      ...(http !== undefined && { http }),
      ...(https !== undefined && { https }),
      ...(except !== undefined && { except }),
    },
  };
}

/** Warns of what makes either service less safe than it looks. */
export function checkSharedRisks(
  known: Partial<Values<typeof serverVariables> & CookieValues>,
  findings: Findings,
): void {
  if (known.SESSION_COOKIE_SECURE === false) {
    findings.warnings.push({
      variable: 'SESSION_COOKIE_SECURE',
      code: 'insecure',
      message: 'false is insecure: cookies travel over plain HTTP; only for development',
    });
  }
  const trusted = (known.SERVER_TRUSTED_PROXIES ?? [])
    .map(readNetwork)
    .filter((range) => range !== undefined);
  if (coverInternet(trusted)) {
    findings.warnings.push({
      variable: 'SERVER_TRUSTED_PROXIES',
      code: 'insecure',
      message:
        'ranges that cover the internet are insecure: every client can claim any address; write the ranges of your load balancers',
    });
  }
}

/** Warns of a secret between the services that is taken because a deployment of BuzzFeed SSO may have it. */
export function checkSharedSecret(
  name: string,
  other: string,
  secrets: SecretList | undefined,
  findings: Findings,
): void {
  for (const [index, secret] of (secrets ?? []).entries()) {
    const which = secrets?.length === 1 ? '' : `item ${index + 1} `;
    if (isShort(secret)) {
      findings.warnings.push({
        variable: name,
        code: 'insecure',
        message: `${which}has ${secret.length} characters and can be guessed: write the output of openssl rand -base64 32, the same in ${other}`,
      });
    }
    if (secret.includes(',')) {
      findings.warnings.push({
        variable: name,
        code: 'doubtful',
        message: `${which}contains a comma but counts as one secret, because the text on one side of the comma is not a valid secret alone; if you mean two secrets, write each with at least 16 characters`,
      });
    }
  }
}

type Ports = {
  SERVER_PORT?: number;
  SERVER_INTERNAL_PORT?: number | undefined;
  ADMIN_PORT?: number | undefined;
  METRICS_PORT?: number | undefined;
  CONNECTORS_PORT?: number | undefined;
};

/** Refuses a port for two things: what is for the inside would be open to everybody, or the second cannot listen. */
export function checkPortsDiffer(known: Ports, findings: Findings): void {
  const owners = new Map([[known.SERVER_PORT, 'SERVER_PORT']]);
  const inside = [
    ['SERVER_INTERNAL_PORT', known.SERVER_INTERNAL_PORT, 'only the proxy can reach'],
    ['ADMIN_PORT', known.ADMIN_PORT, 'is for the inside only'],
    ['METRICS_PORT', known.METRICS_PORT, 'is for the inside only'],
    ['CONNECTORS_PORT', known.CONNECTORS_PORT, 'is for the other tasks of the proxy only'],
  ] as const;
  for (const [name, port, whose] of inside) {
    if (port === undefined) continue;
    const owner = owners.get(port);
    if (owner === undefined) {
      owners.set(port, name);
      continue;
    }
    const message = `got "${port}", which is ${owner}, write another one that ${whose}`;
    refuse({ variable: name, code: 'conflict', message, others: [owner] }, findings);
  }
}
