import type { HeaderEntry } from '@latchkey/upstreams';
import { withinTheOrigin } from './beyond-the-origin.ts';
import { hopByHop } from './hop-by-hop.ts';

/** What the headers towards the browser are made from. */
export type ResponseHeaderInput = {
  /** the upstream's, as a flat list of names and values */
  readonly rawHeaders: readonly string[];
  /** `header_overrides` of the route: each replaces what it names */
  readonly overrides: readonly HeaderEntry[];
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  readonly isOwnCookie: (name: string) => boolean;
  /** `allow_root_service_worker` of the route */
  readonly allowRootServiceWorker: boolean;
  /** cookies of ours to set with this answer */
  readonly setCookies: readonly string[];
};

/** The headers of the answer to the browser, as a flat list of names and values. */
export function responseHeaders(input: ResponseHeaderInput): string[] {
  const own = ownHeaders(input);
  const replaced = new Set(own.map(([name]) => name.toLowerCase()));
  const endsHere = hopByHop(input.rawHeaders);
  const headers: string[] = [];
  for (let at = 0; at + 1 < input.rawHeaders.length; at += 2) {
    const name = input.rawHeaders[at] ?? '';
    const value = input.rawHeaders[at + 1] ?? '';
    const lower = name.toLowerCase();
    if (endsHere.has(lower) || replaced.has(lower)) continue;
    const isAllowed = input.allowRootServiceWorker && lower === 'service-worker-allowed';
    const within = isAllowed ? value : withinTheOrigin(lower, value, input.isOwnCookie);
    if (within !== undefined) headers.push(name, within);
  }
  for (const [name, value] of own) headers.push(name, value);
  for (const cookie of input.setCookies) headers.push('Set-Cookie', cookie);
  return headers;
}

// BuzzFeed SSO sets these on every answer, whatever the upstream said; operators change them with `header_overrides`.
function ownHeaders({ overrides, secure, setCookies }: ResponseHeaderInput): HeaderEntry[] {
  const headers = new Map<string, HeaderEntry>();
  const set = (entry: HeaderEntry) => headers.set(entry[0].toLowerCase(), entry);
  set(['X-Content-Type-Options', 'nosniff']);
  set(['X-Frame-Options', 'SAMEORIGIN']);
  set(['X-XSS-Protection', '1; mode=block']);
  if (secure) set(['Strict-Transport-Security', 'max-age=31536000']);
  for (const entry of overrides) set(entry);
  // RFC 9111, section 7.3: a cache stores Set-Cookie like any header, and would hand one person's session to others.
  if (setCookies.length > 0) set(['Cache-Control', 'private, no-store']);
  return [...headers.values()];
}
