import { authVariables } from './auth-variables.ts';
import { createEnvironment } from './environment.ts';
import { noFindings } from './findings.ts';
import type { Findings } from './findings.ts';
import { readProviders } from './load-providers.ts';
import { warnOfNearMisses } from './near-misses.ts';
import { readTable } from './read-table.ts';
import type { Reading } from './read-table.ts';
import { takeRedirectUrl } from './redirect-url.ts';
import { removedFromAuth, warnOfRemovedNames } from './removed-names.ts';
import type { ReadFile } from './secret-file.ts';
import type { AuthSettings, Loaded, ProviderSettings } from './settings.ts';
import {
  checkPortsDiffer,
  checkSharedRisks,
  checkSharedSecret,
  cookieSettings,
  loggingSettings,
  metricsSettings,
  outgoingSettings,
  serverSettings,
} from './shared-settings.ts';
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
  const findings = noFindings();
  const environment = takeRedirectUrl(createEnvironment(env, options.readFile), findings);
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
  warnOfRemovedNames(removedFromAuth, environment, findings);
  warnOfNearMisses('auth', environment, findings);

  const { errors, warnings, deprecated } = findings;
  if (reading.whole === undefined || errors.length > 0) return { ok: false, errors, warnings, deprecated };
  return { ok: true, settings: authSettings(reading.whole, providers), warnings, deprecated };
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
      cookie: cookieSettings(values),
    },
    client: { id: values.CLIENT_PROXY_ID, secrets: values.CLIENT_PROXY_SECRET },
    authorize: {
      emailDomains: values.AUTHORIZE_EMAIL_DOMAINS ?? [],
      emailAddresses: values.AUTHORIZE_EMAIL_ADDRESSES ?? [],
      proxyDomains: values.AUTHORIZE_PROXY_DOMAINS,
    },
    providers,
    metrics: metricsSettings(values),
    logging: loggingSettings(values),
    ...outgoingSettings(values),
  };
}

function checkEmailRules({ given }: AuthReading, findings: Findings): void {
  const domains = given.has('AUTHORIZE_EMAIL_DOMAINS');
  const addresses = given.has('AUTHORIZE_EMAIL_ADDRESSES');
  if (domains && addresses) {
    findings.errors.push(
      'AUTHORIZE_EMAIL_ADDRESSES: set together with AUTHORIZE_EMAIL_DOMAINS, write only one of the two',
    );
  }
  if (!domains && !addresses) {
    findings.errors.push(
      'AUTHORIZE_EMAIL_DOMAINS: not set, write the e-mail domains that may sign in, like example.com (or the addresses in AUTHORIZE_EMAIL_ADDRESSES)',
    );
  }
}

function checkProxyDomains({ known }: AuthReading, findings: Findings): void {
  if (!known.AUTHORIZE_PROXY_DOMAINS?.includes('*')) return;
  findings.warnings.push(
    'AUTHORIZE_PROXY_DOMAINS: "*" is insecure: after signing in, people may be sent to any host; write the domains of your applications',
  );
}

/** A browser drops a cookie whose domain is not that of the host which sets it. */
function checkCookieReachesHost({ known }: AuthReading, findings: Findings): void {
  const domain = known.SESSION_COOKIE_DOMAIN;
  const name = known.SERVER_HOST?.split(':')[0];
  if (domain === undefined || name === undefined) return;
  if (name === domain || name.endsWith(`.${domain}`)) return;
  findings.errors.push(
    `SESSION_COOKIE_DOMAIN: got "${domain}", write a domain that contains SERVER_HOST, which is "${name}"`,
  );
}
