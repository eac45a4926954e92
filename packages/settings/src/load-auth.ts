import { auditSettings, checkAudit } from './audit.ts';
import { authVariables } from './auth-variables.ts';
import { createEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { noFindings, refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { readProviders } from './load-providers.ts';
import { warnOfNearMisses } from './near-misses.ts';
import { readTable } from './read-table.ts';
import type { Reading } from './read-table.ts';
import { takeRedirectUrl } from './redirect-url.ts';
import { removedFromAuth, warnOfRemovedNames } from './removed-names.ts';
import type { ReadFile } from './secret-file.ts';
import type { AuthSettings, Loaded, ProviderSettings, Survey } from './settings.ts';
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
import { checkStore, storeSettings } from './store-address.ts';
import type { Values } from './variable.ts';

type AuthReading = Reading<typeof authVariables>;

/**
 * Reads the environment of auth.
 * @param env like `process.env`; names in any case, empty means unset, what auth does not know is ignored
 * @param options.readFile gives the text of a file that holds a secret; unset, it is read from the disk
 * @returns the settings, or every error at once; never throws
 */
export function loadAuthSettings(
  env: Record<string, string | undefined>,
  options: { readFile?: ReadFile } = {},
): Loaded<AuthSettings> {
  const { settings, errors, warnings } = readEnvironment(createEnvironment(env, options.readFile));
  return errors.length > 0 ? { ok: false, errors, warnings } : { ok: true, settings, warnings };
}

/**
 * Reads the environment of an auth that runs elsewhere, as far as it goes. Files that it names are not read.
 * @returns never throws
 */
export function surveyAuthSettings(env: Record<string, string | undefined>): Survey<AuthSettings> {
  return readEnvironment(createEnvironment(env, 'elsewhere'));
}

function readEnvironment(given: Environment): Survey<AuthSettings> {
  const findings = noFindings();
  const environment = takeRedirectUrl(given, findings);
  const reading = readTable(authVariables, environment, findings);
  const providers = readProviders(environment, reading.known.CLIENT_PROXY_ID, findings);

  checkSharedRisks(reading.known, findings);
  checkSharedSecret(
    'CLIENT_PROXY_SECRET',
    'CLIENT_SECRET of the proxy',
    reading.known.CLIENT_PROXY_SECRET,
    findings,
  );
  checkEmailRules(reading, findings);
  checkProxyDomains(reading, findings);
  checkCookieReachesHost(reading, findings);
  checkPortsDiffer(reading.known, findings);
  checkAdmin(reading, findings);
  checkAudit(reading, findings);
  checkStore(reading.known, reading.given, findings);
  warnOfRemovedNames(removedFromAuth, environment, findings);
  warnOfNearMisses('auth', environment, findings);

  return { settings: authSettings(reading.assumed, providers), ...findings };
}

function authSettings(values: Values<typeof authVariables>, providers: ProviderSettings[]): AuthSettings {
  const { SERVER_INTERNAL_PORT: internalPort } = values;
  return {
    server: {
      ...serverSettings(values),
      host: values.SERVER_HOST,
      scheme: values.SERVER_SCHEME,
      requestTimeoutMs: values.SERVER_TIMEOUT_REQUEST,
      ...(internalPort !== undefined && { internalPort }),
    },
    session: {
      key: values.SESSION_KEY,
      lifetimeMs: values.SESSION_LIFETIME,
      validMs: values.SESSION_TTL_VALID,
      cookie: cookieSettings(values),
    },
    client: { id: values.CLIENT_PROXY_ID, secrets: values.CLIENT_PROXY_SECRET },
    authorize: {
      emailDomains: values.AUTHORIZE_EMAIL_DOMAINS ?? [],
      emailAddresses: values.AUTHORIZE_EMAIL_ADDRESSES ?? [],
      proxyDomains: values.AUTHORIZE_PROXY_DOMAINS,
    },
    ...(values.ADMIN_SECRET !== undefined && { adminSecrets: values.ADMIN_SECRET }),
    ...(values.ASSERTION_KEY !== undefined && { assertionKey: values.ASSERTION_KEY }),
    programRegistration: values.PROGRAM_REGISTRATION,
    programDocuments: values.PROGRAM_DOCUMENTS,
    ...(values.ACCESS_TOKEN_KEY !== undefined && { accessTokenKey: values.ACCESS_TOKEN_KEY }),
    ...storeSettings(values),
    providers,
    ...adminSettings(values),
    metrics: metricsSettings(values),
    ...tracingSettings(values, 'auth'),
    logging: loggingSettings(values),
    ...auditSettings(values),
    ...outgoingSettings(values),
  };
}

function checkEmailRules({ given }: AuthReading, findings: Findings): void {
  const domains = given.has('AUTHORIZE_EMAIL_DOMAINS');
  const addresses = given.has('AUTHORIZE_EMAIL_ADDRESSES');
  if (domains && addresses) {
    refuse(
      {
        variable: 'AUTHORIZE_EMAIL_ADDRESSES',
        code: 'conflict',
        message: 'set together with AUTHORIZE_EMAIL_DOMAINS, write only one of the two',
        others: ['AUTHORIZE_EMAIL_DOMAINS'],
      },
      findings,
    );
  }
  if (!domains && !addresses) {
    refuse(
      {
        variable: 'AUTHORIZE_EMAIL_DOMAINS',
        code: 'missing',
        message:
          'not set, write the e-mail domains that may sign in, like example.com (or the addresses in AUTHORIZE_EMAIL_ADDRESSES)',
      },
      findings,
    );
  }
}

function checkProxyDomains({ known }: AuthReading, findings: Findings): void {
  if (!known.AUTHORIZE_PROXY_DOMAINS?.includes('*')) return;
  findings.warnings.push({
    variable: 'AUTHORIZE_PROXY_DOMAINS',
    code: 'insecure',
    message:
      '"*" is insecure: after signing in, people may be sent to any host; write the domains of your applications',
  });
}

function checkAdmin({ known, given }: AuthReading, findings: Findings): void {
  const { ADMIN_SECRET, CLIENT_PROXY_SECRET, SESSION_KEY, SESSION_COOKIE_SECRET } = known;
  checkAdminPort(given, findings);
  checkAdminSecret(ADMIN_SECRET, { CLIENT_PROXY_SECRET, SESSION_KEY, SESSION_COOKIE_SECRET }, findings);
  const ports = ['SERVER_INTERNAL_PORT', 'ADMIN_PORT', 'METRICS_PORT'] as const;
  if (ADMIN_SECRET === undefined || ports.some((name) => given.has(name))) return;
  findings.warnings.push({
    variable: 'ADMIN_SECRET',
    code: 'without_effect',
    message: 'has no effect without SERVER_INTERNAL_PORT, where sessions are listed and ended, or ADMIN_PORT',
  });
}

/** A browser drops a cookie whose domain is not that of the host which sets it. */
function checkCookieReachesHost({ known }: AuthReading, findings: Findings): void {
  const domain = known.SESSION_COOKIE_DOMAIN;
  const name = known.SERVER_HOST?.split(':')[0];
  if (domain === undefined || name === undefined) return;
  if (name === domain || name.endsWith(`.${domain}`)) return;
  refuse(
    {
      variable: 'SESSION_COOKIE_DOMAIN',
      code: 'conflict',
      message: `got "${domain}", write a domain that contains SERVER_HOST, which is "${name}"`,
      others: ['SERVER_HOST'],
    },
    findings,
  );
}
