import { isNamed, transportSecurity } from '@latchkey/http';
import type { HeaderEntry, Route } from '@latchkey/upstreams';
import { narrowOf } from './beyond-the-origin.ts';
import type { Narrow } from './beyond-the-origin.ts';
import { byName } from './by-name.ts';
import { hopByHop } from './hop-by-hop.ts';
import { addressHeaders } from './location.ts';
import { neverTrailing } from './never-trailing.ts';

/** What the headers towards the browser are made from, besides the upstream's. */
export type AnswerRules = {
  readonly plan: AnswerPlan;
  readonly isOwnCookie: (name: string) => boolean;
  /** cookies of ours to set with this answer */
  readonly setCookies: readonly string[];
  /** what is said to a page of another origin where the application says nothing, a flat list */
  readonly crossOrigin?: readonly string[];
  /** what a header that holds an address says to the browser; absent with `preserve_location` */
  readonly publicAddress?: (value: string) => string;
};

/** What is the same for each answer of a route. */
export type AnswerPlan = {
  readonly own: OwnHeaders;
  /** where an answer sets cookies of ours */
  readonly ownWithCookies: OwnHeaders;
  readonly allowRootServiceWorker: boolean;
};

/** Headers that we set: a flat list, and their names in small letters. Each replaces what it names. */
type OwnHeaders = { readonly flat: readonly string[]; readonly names: ReadonlySet<string> };

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

/** What there is to know of the name of a header of an upstream. */
type AnswerName = {
  readonly lower: string;
  readonly isAddress: boolean;
  readonly narrow: Narrow | undefined;
};

const answerName = byName((name): AnswerName => {
  const lower = name.toLowerCase();
  return { lower, isAddress: addressHeaders.has(lower), narrow: narrowOf(lower) };
});

/** Makes the headers of one answer. */
export function answerHeaders({
  plan,
  isOwnCookie,
  setCookies,
  crossOrigin = [],
  publicAddress,
}: AnswerRules): AnswerHeaders {
  const own = setCookies.length === 0 ? plan.own : plan.ownWithCookies;

  function passedOn(raw: readonly string[], endsHere: (lower: string) => boolean): string[] {
    const headers: string[] = [];
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at] ?? '';
      const value = raw[at + 1] ?? '';
      const { lower, isAddress, narrow } = answerName(name);
      if (endsHere(lower) || own.names.has(lower)) continue;
      const isAllowed = plan.allowRootServiceWorker && lower === 'service-worker-allowed';
      const within = narrow === undefined || isAllowed ? value : narrow(value, isOwnCookie);
      if (within === undefined) continue;
      headers.push(name, isAddress && publicAddress !== undefined ? publicAddress(within) : within);
    }
    return headers;
  }

  return {
    head(rawHeaders, { status, inChunks }) {
      const hops = hopByHop(rawHeaders);
      const lengthless = hasNoLength(status);
      const speaks = crossOrigin.length > 0 && !own.names.has(allowOrigin) && !saysOrigin(rawHeaders);
      const headers = passedOn(rawHeaders, (lower) => {
        if (lower === 'trailer') return !inChunks;
        // Without an origin it allows nothing, and with ours it would allow what nobody has.
        if (speaks && lower === 'access-control-allow-credentials') return true;
        return hops.has(lower) || (lengthless && lower === 'content-length');
      });
      headers.push(...own.flat);
      if (speaks) headers.push(...crossOrigin);
      for (const cookie of setCookies) headers.push('Set-Cookie', cookie);
      return headers;
    },
    interim(rawHeaders) {
      const hops = hopByHop(rawHeaders);
      return passedOn(rawHeaders, (lower) => hops.has(lower) || lower === 'content-length');
    },
    trailers(rawTrailers) {
      const hops = hopByHop(rawTrailers);
      return passedOn(rawTrailers, (lower) => hops.has(lower) || neverTrailing.has(lower));
    },
  };
}

const allowOrigin = 'access-control-allow-origin';

function saysOrigin(rawHeaders: readonly string[]): boolean {
  return rawHeaders.some((name, at) => at % 2 === 0 && isNamed(name, allowOrigin));
}

// RFC 9110, section 8.6: "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx
// (Informational) or 204 (No Content)." Of a 304 and to HEAD it is that of the content that is not sent.
function hasNoLength(status: number): boolean {
  return status < 200 || status === 204;
}

/**
 * What is the same for each answer of a route.
 *
 * @param secure browsers reach us over HTTPS only
 */
export function answerPlan(
  { headerOverrides, allowRootServiceWorker }: Pick<Route, 'headerOverrides' | 'allowRootServiceWorker'>,
  secure: boolean,
): AnswerPlan {
  // BuzzFeed SSO sets these on every answer, whatever the upstream said; operators change them with `header_overrides`.
  const own: HeaderEntry[] = [
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['X-XSS-Protection', '1; mode=block'],
    ...(secure ? [transportSecurity] : []),
    ...headerOverrides,
  ];
  // RFC 9111, section 7.3: a cache stores Set-Cookie like any header, and would hand one person's session to others.
  const uncached: HeaderEntry = ['Cache-Control', 'private, no-store'];
  return { own: ownHeaders(own), ownWithCookies: ownHeaders([...own, uncached]), allowRootServiceWorker };
}

// Of several of one name the last counts.
function ownHeaders(entries: readonly HeaderEntry[]): OwnHeaders {
  const headers = new Map(entries.map((entry) => [entry[0].toLowerCase(), entry]));
  return { flat: [...headers.values()].flat(), names: new Set(headers.keys()) };
}
