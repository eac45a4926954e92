import type { HeaderEntry } from '@latchkey/upstreams';
import { withinTheOrigin } from './beyond-the-origin.ts';
import { hopByHop } from './hop-by-hop.ts';
import { addressHeaders } from './location.ts';

/** What the headers towards the browser are made from, besides the upstream's. */
export type AnswerRules = {
  /** `header_overrides` of the route: each replaces what it names */
  readonly overrides: readonly HeaderEntry[];
  /** browsers reach us over HTTPS only */
  readonly secure: boolean;
  readonly isOwnCookie: (name: string) => boolean;
  /** `allow_root_service_worker` of the route */
  readonly allowRootServiceWorker: boolean;
  /** cookies of ours to set with this answer */
  readonly setCookies: readonly string[];
  /** what a header that holds an address says to the browser; absent with `preserve_location` */
  readonly publicAddress?: (value: string) => string;
};

/** What of the upstream's headers goes to the browser; flat lists of names and values, both ways. */
export type AnswerHeaders = {
  /**
   * The head, with what is ours.
   *
   * @param options.inChunks the answer goes out in chunks, and may have trailers
   */
  head(rawHeaders: readonly string[], options: { status: number; inChunks: boolean }): string[];
  /** The head of an interim answer (1xx). What is ours comes with the final one. */
  interim(rawHeaders: readonly string[]): string[];
  /** The fields behind a body. */
  trailers(rawTrailers: readonly string[]): string[];
};

/** Makes the headers of one answer. */
export function answerHeaders(rules: AnswerRules): AnswerHeaders {
  const own = ownHeaders(rules);
  const replaced = new Set(own.map(([name]) => name.toLowerCase()));

  function passedOn(raw: readonly string[], endsHere: ReadonlySet<string>): string[] {
    const headers: string[] = [];
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at] ?? '';
      const value = raw[at + 1] ?? '';
      const lower = name.toLowerCase();
      if (endsHere.has(lower) || replaced.has(lower)) continue;
      const isAllowed = rules.allowRootServiceWorker && lower === 'service-worker-allowed';
      const within = isAllowed ? value : withinTheOrigin(lower, value, rules.isOwnCookie);
      if (within === undefined) continue;
      headers.push(name, addressHeaders.has(lower) ? (rules.publicAddress?.(within) ?? within) : within);
    }
    return headers;
  }

  return {
    head(rawHeaders, { status, inChunks }) {
      const endsHere = new Set(hopByHop(rawHeaders));
      if (inChunks) endsHere.delete('trailer');
      if (hasNoLength(status)) endsHere.add('content-length');
      const cookies = rules.setCookies.flatMap((cookie) => ['Set-Cookie', cookie]);
      return [...passedOn(rawHeaders, endsHere), ...own.flat(), ...cookies];
    },
    interim: (rawHeaders) => passedOn(rawHeaders, hopByHop(rawHeaders).union(new Set(['content-length']))),
    trailers: (rawTrailers) => passedOn(rawTrailers, hopByHop(rawTrailers).union(neverTrailing)),
  };
}

// RFC 9110, section 8.6: "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx
// (Informational) or 204 (No Content)." Of a 304 and to HEAD it is that of the content that is not sent.
function hasNoLength(status: number): boolean {
  return status < 200 || status === 204;
}

// RFC 9110, section 6.5.1: what frames a message, or has to be known before its content is read, is no trailer. A reader
// that adds trailers to the headers would believe it all the same.
const neverTrailing: ReadonlySet<string> = new Set([
  'age',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-security-policy',
  'content-type',
  'expires',
  'host',
  'location',
  'refresh',
  'retry-after',
  'set-cookie',
  'vary',
  'www-authenticate',
]);

// BuzzFeed SSO sets these on every answer, whatever the upstream said; operators change them with `header_overrides`.
function ownHeaders({ overrides, secure, setCookies }: AnswerRules): HeaderEntry[] {
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
