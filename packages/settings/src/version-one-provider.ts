import type { Environment } from './environment.ts';
import { deprecate } from './findings.ts';
import type { Findings } from './findings.ts';
import { expandReferences } from './find-text.ts';

const prefix = 'PROVIDER_GOOGLE_';

/** The names that version 1 of BuzzFeed SSO had for its only provider, and what each is called now. */
export const versionOneNames: Readonly<Record<string, string>> = {
  PROVIDER: `${prefix}TYPE`,
  CLIENT_ID: `${prefix}CLIENT_ID`,
  CLIENT_SECRET: `${prefix}CLIENT_SECRET`,
  CLIENT_SECRET_FILE: `${prefix}CLIENT_SECRET_FILE`,
  GOOGLE_ADMIN_EMAIL: `${prefix}GOOGLE_IMPERSONATE`,
  GOOGLE_SERVICE_ACCOUNT_JSON: `${prefix}GOOGLE_CREDENTIALS`,
  APPROVAL_PROMPT: `${prefix}GOOGLE_PROMPT`,
  GROUPS_CACHE_REFRESH_TTL: `${prefix}GROUPCACHE_INTERVAL_REFRESH`,
};

const newWords: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // What the proxy says under the same name, should the two share an environment.
  PROVIDER: { sso: 'google' },
  // `approval_prompt` is what Google called its `prompt` before OpenID Connect.
  APPROVAL_PROMPT: { force: 'consent', auto: 'select_account' },
};

/**
 * Adds the provider of version 1 to an environment that declares none, under the id and the slug `google`.
 * @param proxyId auth's name for the proxy: a `CLIENT_ID` that says the same belongs to the proxy, not to a provider
 */
export function addVersionOneProvider(
  environment: Environment,
  proxyId: string | undefined,
  findings: Findings,
): Environment {
  const { text: clientId } = expandReferences(environment.get('CLIENT_ID') ?? '', environment);
  if (clientId === '' || clientId === proxyId) return environment;

  const added = new Map([[`${prefix}TYPE`, 'google']]);
  for (const [older, name] of Object.entries(versionOneNames)) {
    const text = environment.get(older) ?? '';
    if (text === '' || environment.get(name) !== undefined) continue;
    added.set(name, newWords[older]?.[text.toLowerCase()] ?? text);
    deprecate(older, name, findings);
  }
  if (environment.get(`${prefix}SLUG`) === undefined) {
    added.set(`${prefix}SLUG`, 'google');
    // Version 1 had one callback address for every provider, with no slug in it.
    findings.warnings.push(
      `${prefix}SLUG: not set and taken to be google, register the callback path /google/callback with the provider`,
    );
  }

  return {
    ...environment,
    names: [...environment.names, ...added.keys()],
    get: (name) => environment.get(name) ?? added.get(name.toUpperCase()),
  };
}
