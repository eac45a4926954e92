import { assertionHeaderName, foldName, identityHeaders, isReserved } from '@latchkey/identity';
import type { Asserted } from './assertion.ts';

const assertionName = foldName(assertionHeaderName);
// Said of the request, and not of who sends it; the access token and the signatures prove themselves.
const passed: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-access-token',
  'x-request-id',
  'gap-signature',
  'sso-signature',
  'kid',
]);

/** The one assertion of a request; undefined where there is none, or it cannot be said which one an application would read. */
export function assertionIn(rawHeaders: readonly string[]): string | undefined {
  const found = pairsOf(rawHeaders).filter(([name]) => foldName(name) === assertionName);
  return found.length === 1 ? found[0]?.[1] : undefined;
}

/**
 * The headers for the application: who asks is said by the assertion alone. All that the proxy says of it in other words is taken
 * out, and set again by what was signed.
 */
export function headersFor(rawHeaders: readonly string[], { email, groups }: Asserted): string[] {
  const kept = pairsOf(rawHeaders).filter(([name]) => {
    if (!isReserved(name)) return true;
    const lower = name.toLowerCase();
    return lower === assertionName || passed.has(lower);
  });
  const user = email.slice(0, email.lastIndexOf('@'));
  return [...kept, ...identityHeaders({ user, email, groups })].flat();
}

/** The trailers for the application. It may read them like headers, so none says who asks. */
export function trailersFor(rawTrailers: readonly string[]): string[] {
  return pairsOf(rawTrailers)
    .filter(([name]) => !isReserved(name))
    .flat();
}

function pairsOf(flat: readonly string[]): Array<readonly [name: string, value: string]> {
  return Array.from({ length: flat.length >> 1 }, (_, at) => [flat[2 * at] ?? '', flat[2 * at + 1] ?? '']);
}
