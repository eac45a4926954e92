import type { EnvEntry } from './env-file.ts';

/** The two services whose variables env files hold. */
export type ServiceName = 'proxy' | 'auth';

/** Names that one of the services reads and the other does not; one is enough to know whose file it is. */
const ownNames: Readonly<Record<ServiceName, RegExp>> = {
  proxy:
    /^(?:UPSTREAM_\w+|PROVIDER_URL(?:_\w+)?|SSO_CONFIG_\w+|SESSION_TTL_\w+|REQUESTSIGNER_KEY(?:_FILE)?)$/,
  auth: /^(?:SERVER_(?:HOST|SCHEME)|AUTHORIZE_\w+|SSO_EMAIL_\w+|PROXY_ROOT_DOMAIN|(?:CLIENT_PROXY|PROXY_CLIENT)_\w+|PROVIDER_(?!URL_)[^_]+_(?:TYPE|SLUG|CLIENT_ID|CLIENT_SECRET)(?:_FILE)?)$/,
};

/**
 * The key of auth. Quickstarts of BuzzFeed SSO give it to the proxy as well, which never read it, so beside variables of the
 * proxy it does not tell whose file it is.
 */
const authKey = /^(?:SESSION_KEY|AUTH_CODE_SECRET)(?:_FILE)?$/;

/**
 * The variables that a service gets out of several env files. A file with variables of one service alone is for that one,
 * so that `SERVER_PORT` in auth.env is not taken for the proxy's; every other file is for both.
 * @returns undefined where no file is about the service. Files that are about neither are taken for the proxy's
 */
export function entriesOf(
  service: ServiceName,
  entries: readonly EnvEntry[],
): readonly EnvEntry[] | undefined {
  const other = service === 'proxy' ? 'auth' : 'proxy';
  const files = [...Map.groupBy(entries, ({ file }) => file).values()];
  const isAboutNone = !files.some((file) => isAbout('proxy', file) || isAbout('auth', file));
  const isPresent = files.some((file) => isAbout(service, file)) || (service === 'proxy' && isAboutNone);
  if (!isPresent) return undefined;
  return files.filter((file) => isAbout(service, file) || !isAbout(other, file)).flat();
}

function isAbout(service: ServiceName, file: readonly EnvEntry[]): boolean {
  const has = (names: RegExp): boolean => file.some(({ name }) => names.test(name.toUpperCase()));
  if (has(ownNames[service])) return true;
  // The first auth of BuzzFeed SSO has a CLIENT_ID of its own, which is the provider's.
  const isOfProxy = has(ownNames.proxy) || (has(/^CLIENT_ID$/) && !has(ownNames.auth));
  return service === 'proxy' ? isOfProxy : has(authKey) && !isOfProxy;
}
