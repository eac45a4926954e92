import type { IncomingHttpHeaders } from 'node:http';
import { hasBody } from './body.ts';

/**
 * Tells whether a person reads the answer, so that it has to be a page: whatever a browser shows in a window or a frame, be
 * it asked for by a link or by a form.
 *
 * Fetch Metadata decides where the browser sends it (https://www.w3.org/TR/fetch-metadata/); without it, what asks for
 * HTML and does not call itself XMLHttpRequest counts.
 */
export function isReadByPerson(headers: IncomingHttpHeaders): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  if (headers['x-requested-with'] !== undefined) return false;
  return /(?:^|[\s,])text\/html\b/i.test(headers.accept ?? '');
}

/**
 * Tells whether a request may be redirected to a sign-in: a person is moving from page to page. A script's `fetch` cannot
 * follow the redirect (it fails as CORS), a form's POST would lose what was typed, and no sign-in page lets itself be
 * framed.
 */
export function mayBeRedirected(method: string, headers: IncomingHttpHeaders): boolean {
  if (!isReading(method) || !isReadByPerson(headers)) return false;
  return headers['sec-fetch-mode'] === undefined || inWindow.has(destinationOf(headers));
}

// A navigation that a service worker passes on has no destination any more.
const inWindow: ReadonlySet<string> = new Set(['document', 'empty']);

/** Tells whether a person reads the answer in a frame of another page. */
export function isFramed(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && !inWindow.has(destinationOf(headers));
}

/** Tells whether a request only asks to see something; what is sent with any other may be lost. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * Tells whether a person goes somewhere now. Only then does a GET change anything: an image, a script or a frame of any page
 * carries cookies, too, and a sibling host's page is same-site.
 *
 * A page that is fetched ahead, which any page may ask for by speculation rules, looks like a followed bookmark
 * (`navigate`, `document`, and from Chromium `Sec-Fetch-Site: none`), but for `Sec-Purpose`.
 */
export function isVisit(method: string, headers: IncomingHttpHeaders): boolean {
  return mayBeRedirected(method, headers) && !isPassedOn(headers) && !isAhead(headers);
}

/**
 * Tells whether a service worker of the host passed a navigation on. Then nobody can say any more whether a person goes
 * somewhere: a frame looks the same, and so does a page that is fetched ahead, even for a page of another host (Chromium
 * drops `Sec-Purpose`, and says `Sec-Fetch-Site: same-origin`).
 */
export function isPassedOn(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && destinationOf(headers) === 'empty';
}

/**
 * Tells whether a request comes from a page of the very origin that it goes to, so that no other site makes a browser
 * change anything. Fetch Metadata decides where the browser sends it, else `Origin`. With neither the request is not
 * believed. A sibling host is another site here: every application runs on one.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders, ownOrigin: string): boolean {
  if (isAhead(headers)) return false;
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin === ownOrigin : site === 'same-origin';
}

function destinationOf(headers: IncomingHttpHeaders): string {
  return [headers['sec-fetch-dest'] ?? 'document'].flat().join();
}

// https://html.spec.whatwg.org/multipage/speculative-loading.html, and what older browsers say instead.
function isAhead(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => headers[name] !== undefined);
}

/**
 * Tells whether a request is a CORS preflight: all three marks, not `OPTIONS` alone. A browser sends none with a body
 * (https://fetch.spec.whatwg.org/#cors-preflight-fetch) or to change protocols.
 */
export function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined &&
    headers.upgrade === undefined &&
    !hasBody(headers)
  );
}

/**
 * Tells whether a WebSocket handshake comes from a page of the host that it goes to. Browsers attach cookies to it from any
 * page and apply no same-origin policy (RFC 6455, section 10.2). A client that is no browser sends no Origin.
 *
 * @param origin of the host that was asked for, as a browser sees it
 */
export function isSameOrigin(headers: IncomingHttpHeaders, origin: string): boolean {
  return headers.origin === undefined || headers.origin.toLowerCase() === origin;
}
