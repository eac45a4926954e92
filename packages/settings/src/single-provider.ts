import type { Environment } from './environment.ts';
import { deprecate } from './findings.ts';
import type { Findings } from './findings.ts';
import { expandReferences } from './find-text.ts';

type Names = Readonly<Record<string, string>>;

const ofEvery: Names = {
  PROVIDER: 'TYPE',
  PROVIDER_SLUG: 'SLUG',
  CLIENT_ID: 'CLIENT_ID',
  CLIENT_SECRET: 'CLIENT_SECRET',
  CLIENT_SECRET_FILE: 'CLIENT_SECRET_FILE',
  SCOPE: 'SCOPE',
  GROUPS_CACHE_REFRESH_TTL: 'GROUPCACHE_INTERVAL_REFRESH',
  GROUP_CACHE_PROVIDER_TTL: 'GROUPCACHE_INTERVAL_PROVIDER',
};

/** By type: the names that only it has. There were no other types. */
const ofType = {
  google: {
    GOOGLE_ADMIN_EMAIL: 'GOOGLE_IMPERSONATE',
    GOOGLE_SERVICE_ACCOUNT_JSON: 'GOOGLE_CREDENTIALS',
    APPROVAL_PROMPT: 'GOOGLE_PROMPT',
  },
  okta: {
    OKTA_ORG_URL: 'OKTA_URL',
    PROVIDER_SERVER_ID: 'OKTA_SERVER',
  },
} satisfies Record<string, Names>;

/** The names that versions 1 and 2 of BuzzFeed SSO had for their only provider, and what each is called now. */
export const singleProviderNames: Names = {
  ...withPrefix('PROVIDER_<ID>_', ofEvery),
  ...withPrefix('PROVIDER_GOOGLE_', ofType.google),
  ...withPrefix('PROVIDER_OKTA_', ofType.okta),
};

const newWords: Readonly<Record<string, Names>> = {
  // What the proxy says under the same name, should the two share an environment.
  PROVIDER: { sso: 'google' },
  // `approval_prompt` is what Google called its `prompt` before OpenID Connect.
  APPROVAL_PROMPT: { force: 'consent', auto: 'select_account' },
};

/** These were taken without the quotes that some ways of passing an environment leave around them. */
const unquoted: ReadonlySet<string> = new Set(['OKTA_ORG_URL', 'PROVIDER_SERVER_ID']);

/**
 * Adds the only provider of versions 1 and 2 to an environment that declares none, under the id of its type.
 * @param proxyId auth's name for the proxy: a `CLIENT_ID` that says the same belongs to the proxy, not to a provider
 */
export function addSingleProvider(
  environment: Environment,
  proxyId: string | undefined,
  findings: Findings,
): Environment {
  const { text: clientId } = expandReferences(environment.get('CLIENT_ID') ?? '', environment);
  if (clientId === '' || clientId === proxyId) return environment;

  const type = expandReferences(environment.get('PROVIDER') ?? '', environment).text.toLowerCase();
  const known = type === 'okta' ? 'okta' : 'google';
  const prefix = `PROVIDER_${known.toUpperCase()}_`;
  const added = new Map([[`${prefix}TYPE`, known]]);
  const isUnset = (name: string): boolean => environment.get(name) === undefined && !added.has(name);

  for (const [older, name] of Object.entries(withPrefix(prefix, { ...ofEvery, ...ofType[known] }))) {
    const text = environment.get(older) ?? '';
    if (text === '' || environment.get(name) !== undefined) continue;
    added.set(name, wordFor(older, text));
    deprecate(older, name, findings);
  }
  // Without a name it was that of Okta's own making; in version 3 it is the organisation itself.
  if (known === 'okta' && isUnset(`${prefix}OKTA_SERVER`)) added.set(`${prefix}OKTA_SERVER`, 'default');
  if (isUnset(`${prefix}SLUG`)) {
    added.set(`${prefix}SLUG`, 'google');
    // The first versions had one callback address for every provider, and later ones this slug unless configured otherwise.
    findings.warnings.push({
      variable: `${prefix}SLUG`,
      code: 'doubtful',
      message:
        'not set and taken to be google, register the callback path /google/callback with the provider; where it has /oauth2/callback and shall keep it, write oauth2, and the same in UPSTREAM_DEFAULT_PROVIDER of the proxy',
    });
  }

  return {
    ...environment,
    names: [...environment.names, ...added.keys()],
    get: (name) => environment.get(name) ?? added.get(name.toUpperCase()),
  };
}

function wordFor(older: string, text: string): string {
  const written = unquoted.has(older) ? text.replace(/^"+|"+$/g, '') : text;
  return newWords[older]?.[written.toLowerCase()] ?? written;
}

function withPrefix(prefix: string, names: Names): Names {
  return Object.fromEntries(Object.entries(names).map(([older, name]) => [older, `${prefix}${name}`]));
}
