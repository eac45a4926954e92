import type { IncomingHttpHeaders } from 'node:http';

// In every spelling: CGI, WSGI, Rack and PHP take `X_HTTP_Method` or `X.HTTP.Method` for the same.
const overrides: ReadonlySet<string> = new Set([
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
]);

/** Tells whether a header names another method, which frameworks take for that of a POST. */
export function tellsAnotherMethod(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) {
    if (name.startsWith('x') && overrides.has(name.replace(/[^a-z]/g, '-'))) return true;
  }
  return false;
}
