// What an upstream may take for a statement of ours. Whole families, because a list of single names is always one
// short (CVE-2026-35051: X-Forwarded-Prefix and -Port went through).
// An ALB passes on what a browser writes into X-Amzn-Mtls-, unless it asks for certificates itself.
const families = ['x-forwarded-', 'x-latchkey-', 'x-amzn-mtls-'];
const names = new Set([
  'forwarded',
  'x-real-ip',
  'x-request-id',
  'gap-auth',
  'gap-signature',
  'sso-signature',
  'sso-authenticated-user',
  'kid',
  // IIS and some frameworks serve the path that these name instead of the one that was decided about.
  'x-original-url',
  'x-rewrite-url',
  // CGI turns this into HTTP_PROXY, which libraries take for the address of their proxy (CVE-2016-5385).
  'proxy',
]);

/**
 * Folds a header name into the form in which applications compare names.
 *
 * CGI, WSGI, Rack and PHP hand `X-Forwarded-User`, `x_forwarded_user` and `X.Forwarded.User` to the application as the
 * same variable (CVE-2025-64484, CVE-2026-39858), so to us they are the same name too.
 */
export function foldName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '-');
}

/** Tells whether only we may send a header of this name to an upstream, whatever its spelling. */
export function isReserved(name: string): boolean {
  const folded = foldName(name);
  return names.has(folded) || families.some((family) => folded.startsWith(family));
}
