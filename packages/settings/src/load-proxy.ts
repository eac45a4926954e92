import { createEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { noFindings, refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { warnOfNearMisses } from './near-misses.ts';
import { auditSettings, checkAudit } from './audit.ts';
import { proxyVariables } from './proxy-variables.ts';
import { readTable } from './read-table.ts';
import type { Reading } from './read-table.ts';
import { removedFromProxy, warnOfRemovedNames } from './removed-names.ts';
import type { ReadFile } from './secret-file.ts';
import type { Loaded, ProxySettings, Survey, UpstreamDefaults } from './settings.ts';
import {
  adminSettings,
  checkAdminPort,
  checkAdminSecret,
  checkPortsDiffer,
  checkSharedRisks,
  checkSharedSecret,
  cookieSettings,
  loggingSettings,
  metricsSettings,
  outgoingSettings,
  serverSettings,
  tracingSettings,
} from './shared-settings.ts';
import { readTemplateVariables } from './template-variables.ts';
import { checkUpstreamSource, upstreamSource } from './upstream-source.ts';
import type { Values } from './variable.ts';

/**
 * Reads the environment of the proxy.
 * @param env like `process.env`; names in any case, empty means unset, what the proxy does not know is ignored
 * @param options.readFile gives the text of a file that holds a secret; unset, it is read from the disk
 * @returns the settings, or every error at once; never throws
 */
export function loadProxySettings(
  env: Record<string, string | undefined>,
  options: { readFile?: ReadFile } = {},
): Loaded<ProxySettings> {
  const { settings, errors, warnings } = readEnvironment(createEnvironment(env, options.readFile));
  return errors.length > 0 ? { ok: false, errors, warnings } : { ok: true, settings, warnings };
}

/**
 * Reads the environment of a proxy that runs elsewhere, as far as it goes. Files that it names are not read.
 * @returns never throws
 */
export function surveyProxySettings(env: Record<string, string | undefined>): Survey<ProxySettings> {
  return readEnvironment(createEnvironment(env, 'elsewhere'));
}

function readEnvironment(environment: Environment): Survey<ProxySettings> {
  const findings = noFindings();
  const reading = readTable(proxyVariables, environment, findings);
  const templates = readTemplateVariables(environment, findings);

  checkSharedRisks(reading.known, findings);
  checkSharedSecret('CLIENT_SECRET', 'CLIENT_PROXY_SECRET of auth', reading.known.CLIENT_SECRET, findings);
  checkUpstreamSource(reading.known, reading.given, findings);
  checkLocalTargets(reading, findings);
  checkPortsDiffer(reading.known, findings);
  checkAdmin(reading, findings);
  checkSiblings(reading, findings);
  checkAudit(reading, findings);
  warnOfRemovedNames(removedFromProxy, environment, findings);
  warnOfNearMisses('proxy', environment, findings);

  return { settings: proxySettings(reading.assumed, templates), ...findings };
}

function proxySettings(
  values: Values<typeof proxyVariables>,
  templates: Record<string, string>,
): ProxySettings {
  const { UPSTREAM_CONFIG: config, UPSTREAM_CONFIGFILE: configFile } = values;
  return {
    server: {
      ...serverSettings(values),
      publicPorts: publicPorts(values),
      http2: values.SERVER_HTTP2,
      deviceCertificates: values.SERVER_DEVICE_CERTIFICATES,
      passInterim: values.SERVER_INTERIM_ANSWERS,
      ...(values.CONNECTORS_HOST !== undefined && { connectorsHost: values.CONNECTORS_HOST }),
      ...siblings(values),
    },
    provider: {
      externalUrl: values.PROVIDER_URL_EXTERNAL,
      internalUrl: values.PROVIDER_URL_INTERNAL ?? values.PROVIDER_URL_EXTERNAL,
      scope: values.PROVIDER_SCOPE,
    },
    client: { id: values.CLIENT_ID, secrets: values.CLIENT_SECRET },
    session: {
      cookie: cookieSettings(values),
      ttl: {
        lifetimeMs: values.SESSION_TTL_LIFETIME,
        validMs: values.SESSION_TTL_VALID,
        gracePeriodMs: values.SESSION_TTL_GRACEPERIOD,
      },
    },
    upstream: {
      ...(config !== undefined && { config }),
      ...(configFile !== undefined && { configFile }),
      ...upstreamSource(values),
      allowLoss: values.UPSTREAM_RELOAD_ALLOW_LOSS,
      ...(values.UPSTREAM_LIVE_COPY !== undefined && { liveCopy: values.UPSTREAM_LIVE_COPY }),
      cluster: values.UPSTREAM_CLUSTER,
      scheme: values.UPSTREAM_SCHEME,
      defaults: {
        emailDomains: values.UPSTREAM_DEFAULT_EMAIL_DOMAINS ?? [],
        emailAddresses: values.UPSTREAM_DEFAULT_EMAIL_ADDRESSES ?? [],
        groups: values.UPSTREAM_DEFAULT_GROUPS ?? [],
        timeoutMs: values.UPSTREAM_DEFAULT_TIMEOUT,
        resetDeadlineMs: values.UPSTREAM_DEFAULT_RESETDEADLINE,
        provider: values.UPSTREAM_DEFAULT_PROVIDER,
        ...upstreamTls(values),
      },
      allowLocalTargets: values.UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS,
      templateVariables: templates,
    },
    maxConnections: values.UPSTREAM_MAX_CONNECTIONS,
    ...(values.AWS_ENDPOINT_URL_STS !== undefined && { stsEndpoint: values.AWS_ENDPOINT_URL_STS }),
    ...(values.REQUESTSIGNER_KEY !== undefined && { requestSignerKey: values.REQUESTSIGNER_KEY }),
    ...(values.ASSERTION_KEY !== undefined && { assertionKey: values.ASSERTION_KEY }),
    ...adminSettings(values),
    ...(values.ADMIN_SECRET !== undefined && { adminSecrets: values.ADMIN_SECRET }),
    metrics: metricsSettings(values),
    ...tracingSettings(values, 'proxy'),
    logging: loggingSettings(values),
    ...auditSettings(values),
    ...outgoingSettings(values),
  };
}

function upstreamTls(values: Values<typeof proxyVariables>): Pick<UpstreamDefaults, 'tls'> {
  const {
    UPSTREAM_DEFAULT_CA_FILE: ca,
    UPSTREAM_DEFAULT_CLIENT_CERT_FILE: cert,
    UPSTREAM_DEFAULT_CLIENT_KEY_FILE: key,
    UPSTREAM_DEFAULT_SERVER_NAME: serverName,
  } = values;
  const files = {
    ...(ca !== undefined && { ca_file: ca }),
    ...(cert !== undefined && { client_cert_file: cert }),
    ...(key !== undefined && { client_key_file: key }),
  };
  if (serverName === undefined && Object.keys(files).length === 0) return {};
  return { tls: { ...(serverName !== undefined && { serverName }), files } };
}

function siblings({
  CONNECTORS_PORT: port,
  CONNECTORS_SIBLINGS: places,
}: Values<typeof proxyVariables>): Pick<ProxySettings['server'], 'siblings'> {
  return port === undefined || places === undefined ? {} : { siblings: { port, places } };
}

// Over plain HTTP there is no load balancer that turns one port into another.
function publicPorts(values: Values<typeof proxyVariables>): number[] {
  const { SERVER_PUBLIC_PORTS: written, SESSION_COOKIE_SECURE: secure, SERVER_PORT: own } = values;
  return written ?? (secure ? [] : [own]);
}

function checkAdmin({ known, given }: Reading<typeof proxyVariables>, findings: Findings): void {
  const { ADMIN_SECRET, CLIENT_SECRET, SESSION_COOKIE_SECRET } = known;
  checkAdminPort(given, findings);
  checkAdminSecret(ADMIN_SECRET, { CLIENT_SECRET, SESSION_COOKIE_SECRET }, findings);
  if (!given.has('ADMIN_SECRET') || given.has('ADMIN_PORT') || given.has('METRICS_PORT')) return;
  const message = 'has no effect without ADMIN_PORT';
  findings.warnings.push({ variable: 'ADMIN_SECRET', code: 'without_effect', message });
}

// A task that asks others and cannot be asked itself would be found out in the worst moment.
function checkSiblings({ given }: Reading<typeof proxyVariables>, findings: Findings): void {
  for (const [variable, other] of [
    ['CONNECTORS_PORT', 'CONNECTORS_SIBLINGS'],
    ['CONNECTORS_SIBLINGS', 'CONNECTORS_PORT'],
  ] as const) {
    if (given.has(variable) || !given.has(other)) continue;
    refuse(
      { variable, code: 'missing', message: `not set, and ${other} needs it: write both or none` },
      findings,
    );
  }
}

function checkLocalTargets({ known }: Reading<typeof proxyVariables>, findings: Findings): void {
  if (known.UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS !== true) return;
  findings.warnings.push({
    variable: 'UPSTREAM_DANGEROUSLY_ALLOW_LOCAL_TARGETS',
    code: 'insecure',
    message:
      'true is insecure: anybody with access to a rewrite route can make the proxy call its own machine and the metadata of its cloud; leave it out unless a rewrite route leads to localhost',
  });
}
