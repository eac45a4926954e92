// What an upstream may take for a statement of ours. Whole families, because a list of single names is always one
// short (CVE-2026-35051: X-Forwarded-Prefix and -Port went through).
const families = ['x-forwarded-', 'x-latchkey-', 'x-jwt-subject', 'x-jwt-issuer', 'x-jwt-scope'];
// How servers in front tell applications of the certificate that a device showed: RFC 9440, and the names of nginx, HAProxy, AWS,
// Azure and Cloudflare. A server that asks for no certificate passes on what a browser wrote there.
const deviceFamilies = [
  'client-cert',
  'x-client-cert',
  'ssl-client-',
  'x-ssl-client-',
  'x-amzn-mtls-',
  'cloudfront-viewer-cert-',
  'x-arr-clientcert',
  'cf-client-cert',
];
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
  return names.has(folded) || families.some((family) => folded.startsWith(family)) || isDevice(folded);
}

/** Tells whether a header of this name says which device somebody uses, whatever its spelling. We say nothing of that. */
export function isAboutDevice(name: string): boolean {
  return isDevice(foldName(name));
}

function isDevice(folded: string): boolean {
  return deviceFamilies.some((family) => folded.startsWith(family));
}

/**
 * What an ALB sets where it verifies certificates, in lower case. `X-Amzn-Mtls-Clientcert` is not among them: it holds any
 * certificate at all, in the mode that verifies nothing, and in the other one nobody sets it but the caller.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
 */
export const deviceHeadersOfBalancer: ReadonlySet<string> = new Set(
  ['subject', 'issuer', 'serial-number', 'validity', 'leaf'].map((part) => `x-amzn-mtls-clientcert-${part}`),
);
