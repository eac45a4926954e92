/**
 * What of a header may travel on: its value, narrowed where that is needed, or undefined for nothing of it. `isOwnCookie`
 * tells the names of cookies that are ours to set.
 */
export type Narrow = (value: string, isOwnCookie: (name: string) => boolean) => string | undefined;

const nothing: Narrow = () => undefined;

/**
 * The headers with which an upstream would act on more than its own origin, by their names in small letters. Applications
 * trust us and not each other, and on its own host each is a guest: the sign-in, the callback and the session cookie
 * there are ours. `docs/decisions/0024-beyond-the-origin.md` has the reason for each, and what travels on.
 *
 * What an operator writes in `header_overrides` is not looked at here.
 */
const beyondTheOrigin: ReadonlyMap<string, Narrow> = new Map([
  // The browser's cookies of the whole site.
  ['clear-site-data', ownDataOnly],
  ['set-cookie', unlessOurs],
  ['set-cookie2', nothing],
  ['secure-session-registration', nothing],
  ['sec-session-registration', nothing],

  // Every address of the host, ours among them, every port of it, or hosts below.
  ['strict-transport-security', withoutOtherHosts],
  ['public-key-pins', nothing],
  ['public-key-pins-report-only', nothing],
  ['expect-ct', nothing],
  ['nel', nothing],
  ['report-to', nothing],
  ['service-worker-allowed', nothing],

  // The way to the host: past us.
  ['alt-svc', nothing],
  ['proxy-authentication-info', nothing],

  // What a server or a cache in front of us does for the server that it takes its answers from: for us.
  ['x-accel-redirect', nothing],
  ['x-accel-expires', nothing],
  ['x-accel-limit-rate', nothing],
  ['x-accel-charset', nothing],
  ['x-sendfile', nothing],
  ['x-sendfile2', nothing],
  ['x-lighttpd-send-file', nothing],
  ['x-lighttpd-send-tempfile', nothing],
  ['x-litespeed-location', nothing],
  ['x-litespeed-cache-control', nothing],
  ['x-litespeed-purge', nothing],
  ['x-reproxy-url', nothing],
  ['x-reproxy-file', nothing],
  ['x-envoy-immediate-health-check-fail', nothing],
  ['x-envoy-degraded', nothing],
  ['surrogate-control', nothing],
  ['cdn-cache-control', nothing],
]);

/**
 * What narrows a header of an upstream to what may reach the browser; undefined where all of it may.
 *
 * @param name in small letters
 */
export function narrowOf(name: string): Narrow | undefined {
  return beyondTheOrigin.get(name);
}

// https://www.w3.org/TR/clear-site-data/: cookies are cleared "for the origin's registered domain, including
// subdomains", and `"*"` is every type at once. Whatever is not known to end at the origin does not travel on.
const ownData = [
  '"cache"',
  '"clientHints"',
  '"executionContexts"',
  '"prefetchCache"',
  '"prerenderCache"',
  '"storage"',
];

function ownDataOnly(value: string): string | undefined {
  const named = value.split(',').map((directive) => directive.trim());
  const kept = named.includes('"*"') ? ownData : named.filter((directive) => ownData.includes(directive));
  return kept.length === 0 ? undefined : kept.join(', ');
}

// RFC 6797, section 6.1: `includeSubDomains` is about hosts below, `preload` about a list that browsers are built with.
function withoutOtherHosts(value: string): string | undefined {
  const kept = value.split(';').filter((directive) => /^\s*max-age\s*=/i.test(directive));
  return kept.length === 0 ? undefined : kept.join(';').trim();
}

function unlessOurs(value: string, isOwnCookie: (name: string) => boolean): string | undefined {
  return isOwnCookie(nameOfSetCookie(value)) ? undefined : value;
}

function nameOfSetCookie(header: string): string {
  const [name = '', value = ''] = (header.split(';')[0] ?? '').split('=').map((part) => part.trim());
  // A cookie without a name is sent back as its bare value (RFC 6265bis, section 5.6), and `=ours=x` then reads as ours.
  return name === '' ? value : name;
}
