import type { VisitorReason } from '@latchkey/access';
import { ownCopy, upTo } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import { covers, isExpired, isOlderThan, newestFirst, openSession, sealedValues } from '@latchkey/session';
import type { SessionPlace } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import { LRUCache } from 'lru-cache';
import { newlyKnown } from './session-state.ts';
import type { KnownSession, SessionStates } from './session-state.ts';
import type { SessionTokens } from './session-token.ts';
import { isSamePerson } from './person-cookie.ts';
import type { SessionCookies, SessionSource } from './session-cookies.ts';

/**
 * A usable session and the cookie value that brought it, or why there is none. `spent`: the host's own cookie holds a
 * session that is over for good.
 */
export type Credential =
  | {
      readonly known: KnownSession;
      readonly sent: string;
      /** good sessions of several people came with one request */
      readonly rivals?: true;
    }
  | { readonly nobody: VisitorReason; readonly spent?: true };

/** Reads session cookies, and knows again what it has read. */
export type CredentialReader = {
  /** at once where each was opened before */
  readonly read: (
    cookieHeader: string | undefined,
    place: SessionPlace,
    route: Route,
  ) => Credential | Promise<Credential>;
  /** A session comes back in the cookie that replaces its own: it is the same one, with all that is known about it. */
  readonly renewed: (known: KnownSession) => void;
};

/** A value that came, and what is known of it. */
type Sent = {
  readonly value: string;
  readonly source: SessionSource;
  readonly known: KnownSession | undefined;
};

// Bounds of memory: sessions that may be of use, and what is known to be of none.
const keptLiving = 10_000;
const keptUseless = 1_000;

// Of several unusable cookies the one that came closest is the one worth telling about.
const closeness: readonly VisitorReason[] = [
  'session_ended',
  'session_expired',
  'session_other_provider',
  'session_elsewhere',
  'session_unreadable',
  'no_session',
];

/**
 * Makes the reader of session cookies. Opening one costs more than the rest of the gate together, so each is opened
 * once and then kept, in a bounded cache keyed by the whole sealed value, which has one spelling. What does not open and
 * what is over are kept apart: they must not push out sessions that live, and what does not open never reaches auth.
 */
export function createCredentialReader(options: {
  cookies: SessionCookies;
  tokens: Pick<SessionTokens, 'toShow'>;
  states: SessionStates;
  /** after this a person signs in again (`SESSION_TTL_LIFETIME`), milliseconds */
  lifetimeMs: number;
  clock: Clock;
  kept?: { living: number; useless: number };
}): CredentialReader {
  const { cookies, tokens, states, lifetimeMs, clock } = options;
  const { now } = clock;
  const { living: most = keptLiving, useless = keptUseless } = options.kept ?? {};
  const living = new LRUCache<string, KnownSession>(upTo(most));
  const over = new LRUCache<string, KnownSession>(upTo(useless));
  const unreadable = new LRUCache<string, true>(upTo(useless));

  return { read, renewed: (known) => void keep(known.cookie, known) };

  function read(
    cookieHeader: string | undefined,
    place: SessionPlace,
    route: Route,
  ): Credential | Promise<Credential> {
    const found: VisitorReason[] = ['no_session'];
    const sent: Sent[] = [];
    for (const source of cookies.sources(place.host)) {
      const { values, came } = sealedValues(cookieHeader, source.name, cookies.keys, isKnown);
      if (values.length < came) found.push('session_unreadable');
      for (const value of values) sent.push({ value, source, known: kept(value) });
    }
    if (!sent.some(isNew)) return chooseFrom(sent, found, place, route);
    return openAll(sent).then((opened) => chooseFrom(opened, found, place, route));
  }

  function chooseFrom(
    opened: readonly Sent[],
    found: VisitorReason[],
    place: SessionPlace,
    route: Route,
  ): Credential {
    const usable: { known: KnownSession; sent: string }[] = [];
    let spent = false;
    for (const { value, source, known } of opened) {
      if (known === undefined) {
        found.push('session_unreadable');
        continue;
      }
      const end = keep(value, known);
      const objection = end ?? objectionTo(known, source, place, route);
      if (objection === undefined) usable.push({ known, sent: value });
      else found.push(objection);
      spent ||= source.isHosts && end !== undefined;
    }
    // Of several that are good a person means the one that they signed in for last.
    const [newest, ...others] =
      usable.length < 2
        ? usable
        : usable.toSorted((one, other) => newestFirst(one.known.session, other.known.session));
    if (newest !== undefined) {
      const { known, sent } = newest;
      const rivals = others.some((other) => !isSamePerson(other.known.session, known.session));
      return rivals ? { known, sent, rivals } : newest;
    }
    const why = closeness.find((reason) => found.includes(reason)) ?? 'no_session';
    return { nobody: why, ...(spent && { spent }) };
  }

  function kept(value: string): KnownSession | undefined {
    return living.get(value) ?? over.get(value);
  }

  function isKnown(value: string): boolean {
    return living.has(value);
  }

  function isNew({ value, known }: Sent): boolean {
    return known === undefined && !unreadable.has(value);
  }

  // One after the other: opening takes all of the processor, and others want some of it.
  async function openAll(sent: readonly Sent[]): Promise<Sent[]> {
    const opened: Sent[] = [];
    for (const one of sent) opened.push({ ...one, known: one.known ?? (await open(ownCopy(one.value))) });
    return opened;
  }

  async function open(value: string): Promise<KnownSession | undefined> {
    // Another request may have opened it while this one was at others.
    const before = kept(value);
    if (before !== undefined || unreadable.has(value)) return before;
    const session = await openSession(value, cookies.keys);
    if (session === undefined) {
      unreadable.set(value, true);
      return undefined;
    }
    const token = await tokens.toShow(session, value);
    // Two requests may have opened it side by side: the first one's knowledge is kept.
    const known = kept(value) ?? newlyKnown(session, { token, cookie: value, state: states(session) }, clock);
    keep(value, known);
    return known;
  }

  // Among what lives or what is over, and says why that is.
  function keep(value: string, known: KnownSession): ReturnType<typeof whyOver> {
    const end = whyOver(known);
    const place = end === undefined ? living : over;
    if (place.get(value) === known) return end;
    (end === undefined ? over : living).delete(value);
    place.set(ownCopy(value), known);
    return end;
  }

  function whyOver({ session, ended }: KnownSession): 'session_ended' | 'session_expired' | undefined {
    if (ended) return 'session_ended';
    const isOld = isExpired(session, now()) || isOlderThan(session, lifetimeMs, now());
    return isOld ? 'session_expired' : undefined;
  }
}

function objectionTo(
  { session }: KnownSession,
  source: SessionSource,
  place: SessionPlace,
  route: Route,
): VisitorReason | undefined {
  if (!source.accepts(session) || !covers(session, place)) return 'session_elsewhere';
  if (!route.providerSlugs.includes(session.idp)) return 'session_other_provider';
  return undefined;
}
