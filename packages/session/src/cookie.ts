/** Where a cookie of ours is valid and how it travels. */
export type CookieScope = {
  readonly secure: boolean;
  /** absent: only the host that sets it */
  readonly domain?: string;
  /** default `/` */
  readonly path?: string;
};

/**
 * The name a cookie really has. Where cookies are Secure the name says so: a browser then refuses to let a plain
 * HTTP origin, or for `__Host-` any sibling host, plant one (RFC 6265bis, section 4.1.3).
 */
export function cookieName(name: string, scope: CookieScope): string {
  if (!scope.secure || name.startsWith('__')) return name;
  const hostOnly = scope.domain === undefined && (scope.path ?? '/') === '/';
  return hostOnly ? `__Host-${name}` : `__Secure-${name}`;
}

/**
 * A `Set-Cookie` value. Always HttpOnly and SameSite=Lax: Lax keeps the cookie off cross-site subrequests and
 * still sends it on the navigation that returns from the provider.
 *
 * @param name as `cookieName` gave it
 * @param maxAge seconds
 */
export function setCookie(name: string, value: string, maxAge: number, scope: CookieScope): string {
  const attributes = [`Path=${scope.path ?? '/'}`, `Max-Age=${Math.max(0, Math.floor(maxAge))}`];
  if (scope.domain !== undefined) attributes.push(`Domain=${scope.domain}`);
  attributes.push('HttpOnly', 'SameSite=Lax');
  if (scope.secure) attributes.push('Secure');
  return `${name}=${value}; ${attributes.join('; ')}`;
}

/** A `Set-Cookie` value that ends the cookie; name, domain and path must be those it was set with. */
export function clearCookie(name: string, scope: CookieScope): string {
  return setCookie(name, '', 0, scope);
}

/**
 * Tells whether a cookie is one of this installation's: an upstream neither gets such a cookie nor may set one, under
 * whatever prefix.
 *
 * @param sessionName `SESSION_COOKIE_NAME` as configured
 */
export function isOwnCookie(name: string, sessionName: string): boolean {
  const bare = name.replace(/^__(?:Host|Secure)-/i, '');
  return bare === sessionName || name === sessionName || bare.startsWith('latchkey_');
}

/**
 * Every value that the `Cookie` header holds under a name, in order.
 *
 * Two cookies of one name are legal (set for the host and for a parent domain) and the first need not be ours, so
 * callers try each. Names are compared exactly and only SP and HTAB are trimmed: a parser that trims a
 * no-break space lets a sibling host plant a cookie that we would read as ours.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  for (const pair of cookiePairs(header)) if (pair.name === name) values.push(pair.value);
  return values;
}

/** Every cookie in the `Cookie` header whose name is wanted, in order, as name and value. */
export function findCookies(
  header: string | undefined,
  isWanted: (name: string) => boolean,
): [name: string, value: string][] {
  return cookiePairs(header)
    .filter((pair) => isWanted(pair.name))
    .map((pair) => [pair.name, pair.value]);
}

/** The `Cookie` header without the cookies whose name `isOurs` picks; undefined when none is left. */
export function withoutCookies(header: string, isOurs: (name: string) => boolean): string | undefined {
  let kept: string | undefined;
  for (const { name, text } of cookiePairs(header)) {
    if (!isOurs(name)) kept = kept === undefined ? text : `${kept}; ${text}`;
  }
  return kept;
}

/** The names in a `Cookie` header, in order. */
export function cookieNames(header: string | undefined): string[] {
  return cookiePairs(header).map((pair) => pair.name);
}

type CookiePair = { readonly name: string; readonly value: string; readonly text: string };

// One stage after the other asks about the cookies of one request.
let latest: { readonly header: string; readonly pairs: readonly CookiePair[] } = { header: '', pairs: [] };

function cookiePairs(header = ''): readonly CookiePair[] {
  if (header !== latest.header) latest = { header, pairs: readPairs(header) };
  return latest.pairs;
}

function readPairs(header: string): CookiePair[] {
  const pairs: CookiePair[] = [];
  for (const part of header.split(';')) {
    const text = trimmed(part);
    if (text === '') continue;
    const equals = text.indexOf('=');
    const name = equals < 0 ? '' : trimmed(text.slice(0, equals));
    pairs.push({ name, value: equals < 0 ? text : trimmed(text.slice(equals + 1)), text });
  }
  return pairs;
}

// Not by a pattern: one that looks for blanks before the end tries again at each of them, and 60 KB of blanks inside a
// value would stop the process for most of a minute.
function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
