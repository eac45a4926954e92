/** The health check, answered under any host and before anything else. */
export const healthPath = '/ping';

/**
 * Tells whether a request is a health check, by its target alone: whoever checks over HTTP/1.0 sends no `Host`, and whether
 * we are well depends on nothing else that a request says.
 */
export function isHealthCheck({ url = '' }: { url?: string | undefined }): boolean {
  return url === healthPath || url.startsWith(`${healthPath}?`);
}

/** Where the launcher's script is, on every host. */
export const launcherScriptPath = '/oauth2/apps.js';

/** Where a person says that they go on as somebody else than before, on every host. */
export const personPath = '/oauth2/person';

/**
 * The paths that are ours on every host. They hide an upstream's own, so the list is exact: everything else below
 * `/oauth2/` belongs to the upstream.
 */
export const ownPaths: ReadonlySet<string> = new Set([
  '/robots.txt',
  '/oauth2/apps',
  launcherScriptPath,
  '/oauth2/auth',
  '/oauth2/callback',
  '/oauth2/me',
  personPath,
  '/oauth2/sign_in',
  '/oauth2/sign_out',
  '/oauth2/v1/certs',
]);
