import { createEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { proxyVariables } from './proxy-variables.ts';
import { readTable } from './read-table.ts';
import type { Findings } from './read-table.ts';
import type { Loaded, ProxySettings } from './settings.ts';
import { checkSharedRisks, cookieSettings, loggingSettings, serverSettings } from './shared-settings.ts';
import type { Values } from './variable.ts';

const templatePrefix = 'SSO_CONFIG_';

/**
 * Reads the environment of the proxy.
 * @param env like `process.env`; names in any case, empty means unset, what the proxy does not know is ignored
 * @returns the settings, or every error at once; never throws
 */
export function loadProxySettings(env: Record<string, string | undefined>): Loaded<ProxySettings> {
  const environment = createEnvironment(env);
  const findings: Findings = { errors: [], warnings: [] };
  const { known, given, whole } = readTable(proxyVariables, environment, findings);

  checkSharedRisks(known, findings);
  if (!given.has('UPSTREAM_CONFIGFILE')) {
    findings.warnings.push('UPSTREAM_CONFIGFILE: not set, so every host is unknown and answers 421');
  }

  if (whole === undefined) return { ok: false, ...findings };
  const settings = proxySettings(whole, templateVariables(environment));
  return { ok: true, settings, warnings: findings.warnings };
}

function proxySettings(
  values: Values<typeof proxyVariables>,
  templates: Record<string, string>,
): ProxySettings {
  const configFile = values.UPSTREAM_CONFIGFILE;
  return {
    server: serverSettings(values),
    provider: {
      externalUrl: values.PROVIDER_URL_EXTERNAL,
      internalUrl: values.PROVIDER_URL_INTERNAL ?? values.PROVIDER_URL_EXTERNAL,
      scope: values.PROVIDER_SCOPE,
    },
    client: { id: values.CLIENT_ID, secret: values.CLIENT_SECRET },
    session: {
      cookie: cookieSettings(values),
      ttl: {
        lifetimeMs: values.SESSION_TTL_LIFETIME,
        validMs: values.SESSION_TTL_VALID,
        gracePeriodMs: values.SESSION_TTL_GRACEPERIOD,
      },
    },
    upstream: {
      ...(configFile !== undefined && { configFile }),
      cluster: values.UPSTREAM_CLUSTER,
      scheme: values.UPSTREAM_SCHEME,
      defaults: {
        emailDomains: values.UPSTREAM_DEFAULT_EMAIL_DOMAINS ?? [],
        emailAddresses: values.UPSTREAM_DEFAULT_EMAIL_ADDRESSES ?? [],
        groups: values.UPSTREAM_DEFAULT_GROUPS ?? [],
        timeoutMs: values.UPSTREAM_DEFAULT_TIMEOUT,
        resetDeadlineMs: values.UPSTREAM_DEFAULT_RESETDEADLINE,
        provider: values.UPSTREAM_DEFAULT_PROVIDER,
      },
      templateVariables: templates,
    },
    logging: loggingSettings(values),
  };
}

/** Taken as they stand, because `${name}` has a meaning of its own in the targets of the YAML. */
function templateVariables(environment: Environment): Record<string, string> {
  const names = environment.names.filter(
    (name) => name.startsWith(templatePrefix) && name !== templatePrefix,
  );
  return Object.fromEntries(
    names.map((name) => [name.slice(templatePrefix.length).toLowerCase(), environment.get(name) ?? '']),
  );
}
