import type { Environment } from './environment.ts';
import { refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { readDetails } from './provider-details.ts';
import { providerVariables } from './provider-variables.ts';
import type { ProviderType } from './provider-variables.ts';
import { readTable } from './read-table.ts';
import type { ProviderSettings } from './settings.ts';
import type { Values } from './variable.ts';
import { addSingleProvider } from './single-provider.ts';

const typePattern = /^PROVIDER_(.+)_TYPE$/;

type Provider = { prefix: string; slug: string | undefined; settings: ProviderSettings | undefined };

/**
 * Reads every provider of auth and adds what is wrong to the findings. A provider exists where its type is set, so
 * that other programs' variables (`PROVIDER_SERVICE_HOST`) make none.
 * @param proxyId auth's name for the proxy, where it is known
 */
export function readProviders(
  given: Environment,
  proxyId: string | undefined,
  findings: Findings,
): ProviderSettings[] {
  const environment = idsOf(given).length > 0 ? given : addSingleProvider(given, proxyId, findings);
  const ids = idsOf(environment);
  if (ids.length === 0) {
    refuse(
      {
        variable: 'PROVIDER_<ID>_TYPE',
        code: 'missing',
        message: 'not set, write at least one provider, like PROVIDER_GOOGLE_TYPE=google',
      },
      findings,
    );
  }

  const providers = ids.map((id) => readProvider(id, environment, findings));
  checkSlugsDiffer(providers, findings);
  checkNamesDiffer(providers, findings);
  return providers.flatMap(({ settings }) => settings ?? []);
}

function idsOf(environment: Environment): string[] {
  return environment.names
    .filter((name) => environment.get(name) !== '')
    .flatMap((name) => typePattern.exec(name)?.[1] ?? []);
}

function readProvider(id: string, environment: Environment, findings: Findings): Provider {
  const prefix = `PROVIDER_${id}_`;
  if (id.includes('_')) {
    // As in BuzzFeed SSO. Otherwise one provider's variables could be read as another one's.
    const message = `an <ID> has no "_", write PROVIDER_${id.replaceAll('_', '')}_TYPE`;
    refuse({ variable: `${prefix}TYPE`, code: 'malformed', message }, findings);
    return { prefix, slug: undefined, settings: undefined };
  }

  const { known, assumed } = readTable(providerVariables, environment, findings, prefix);
  const details = known.TYPE && readDetails(known.TYPE, prefix, environment, findings);
  const settings = details && { ...commonSettings(id, assumed), ...details };
  return { prefix, slug: known.SLUG, settings };
}

function commonSettings(id: string, values: Values<typeof providerVariables>) {
  const scope = values.SCOPE;
  return {
    id: id.toLowerCase(),
    slug: values.SLUG,
    clientId: values.CLIENT_ID,
    clientSecret: values.CLIENT_SECRET,
    ...(scope !== undefined && { scope }),
    groupsMs: groupsOf(values),
  };
}

// Which of the two intervals counts for which type is as it was in BuzzFeed SSO.
const intervalOf: Record<ProviderType, 'REFRESH' | 'PROVIDER'> = {
  google: 'REFRESH',
  cognito: 'REFRESH',
  okta: 'PROVIDER',
  oidc: 'PROVIDER',
};

function groupsOf(values: Values<typeof providerVariables>): number {
  return values[`GROUPCACHE_INTERVAL_${intervalOf[values.TYPE]}`];
}

// Where people choose, the button is all that they see of a provider.
function checkNamesDiffer(providers: Provider[], findings: Findings): void {
  const owners = new Map<string, string>();
  for (const { prefix, settings } of providers) {
    if (settings === undefined) continue;
    const owner = owners.get(settings.name);
    if (owner === undefined) owners.set(settings.name, prefix);
    else {
      const message = `${JSON.stringify(settings.name)}, as ${owner}NAME: people who choose see two buttons alike, write another one`;
      findings.warnings.push({ variable: `${prefix}NAME`, code: 'doubtful', message });
    }
  }
}

function checkSlugsDiffer(providers: Provider[], findings: Findings): void {
  const owners = new Map<string, string>();
  for (const { prefix, slug } of providers) {
    if (slug === undefined) continue;
    const owner = owners.get(slug);
    if (owner === undefined) {
      owners.set(slug, prefix);
    } else {
      const message = `got "${slug}", write another one: ${owner}SLUG has this`;
      refuse({ variable: `${prefix}SLUG`, code: 'conflict', message, others: [`${owner}SLUG`] }, findings);
    }
  }
}
