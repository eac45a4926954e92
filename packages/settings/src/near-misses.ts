import { closest } from '@latchkey/spelling';
import { authVariables } from './auth-variables.ts';
import { connectorVariables } from './connector-variables.ts';
import type { Environment } from './environment.ts';
import type { Findings } from './findings.ts';
import {
  cognitoVariables,
  googleVariables,
  oidcVariables,
  oktaVariables,
  providerVariables,
} from './provider-variables.ts';
import { proxyVariables } from './proxy-variables.ts';
import { removedFromAuth, removedFromProxy } from './removed-names.ts';
import { singleProviderNames } from './single-provider.ts';
import type { Table } from './variable.ts';

/** An environment holds names of many programs, so it takes more likeness than elsewhere: one letter in six is wrong. */
const share = 1 / 6;

const providerName = /^(PROVIDER_[^_]+_)(.+)$/;

/** Every name that is read, and the one to write for it. */
const namesOf = {
  proxy: namesIn(proxyVariables),
  auth: namesIn(authVariables),
  connector: namesIn(connectorVariables),
};
const providerNames = namesIn({
  ...providerVariables,
  ...googleVariables,
  ...oidcVariables,
  ...oktaVariables,
  ...cognitoVariables,
});

/** Names that either service has something to say about, besides those that it reads. */
const furtherNames = new Set(
  [removedFromProxy, removedFromAuth, singleProviderNames].flatMap((names) => Object.keys(names)),
);

/**
 * Warns of each variable that nobody reads and whose name is almost one that this service reads: otherwise a restriction is
 * lost to one letter. The two services may share an environment, so the names of the other one are no near misses.
 */
export function warnOfNearMisses(
  service: keyof typeof namesOf,
  environment: Environment,
  findings: Findings,
): void {
  for (const name of environment.names) {
    if (environment.get(name) === '' || isKnown(name)) continue;
    const meant = meantBy(name, service);
    if (meant === undefined) continue;
    findings.warnings.push({
      variable: name,
      code: 'unknown_name',
      message: `is not known and has no effect, did you mean ${meant}?`,
    });
  }
}

function meantBy(name: string, service: keyof typeof namesOf): string | undefined {
  const [, prefix = '', rest = ''] = providerName.exec(name) ?? [];
  if (service === 'auth' && prefix !== '') {
    const ofProvider = [...providerNames.keys()].map((one) => `${prefix}${one}`);
    const found = closest(`${prefix}${rest}`, ofProvider, share);
    if (found !== undefined) return found;
  }
  const names = namesOf[service];
  // A single word like SCHEME is as likely the variable of somebody else.
  const found = closest(
    name,
    [...names.keys()].filter((one) => one.includes('_')),
    share,
  );
  return found === undefined ? undefined : names.get(found);
}

function isKnown(name: string): boolean {
  const [, , ofProvider = ''] = providerName.exec(name) ?? [];
  return (
    namesOf.proxy.has(name) ||
    namesOf.auth.has(name) ||
    namesOf.connector.has(name) ||
    providerNames.has(ofProvider) ||
    furtherNames.has(name) ||
    name.startsWith('SSO_CONFIG_')
  );
}

function namesIn(table: Table): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, { secret, aliases = [] }] of Object.entries(table)) {
    for (const form of secret ? ['', '_FILE'] : ['']) {
      for (const spelling of [name, ...aliases]) names.set(`${spelling}${form}`, `${name}${form}`);
    }
  }
  return names;
}
