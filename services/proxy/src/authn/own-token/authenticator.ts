import type { Person, VisitorReason } from '@latchkey/access';
import type { AuthenticatorInput, Identified } from '@latchkey/admission';
import { authorityOf, ownCopy, upTo, whenThere } from '@latchkey/http';
import type { CanonicalRequest, Clock } from '@latchkey/http';
import { covers, isExpired, isOlderThan } from '@latchkey/session';
import type { AccessToken, Session } from '@latchkey/session';
import { LRUCache } from 'lru-cache';
import type { TokenKind } from '../bearer.ts';
import type { SessionFreshness } from '../freshness.ts';
import type { Needs, Standing } from '../session-check.ts';
import { newlyKnown } from '../session-state.ts';
import type { KnownSession, SessionStates } from '../session-state.ts';
import type { OwnTokens } from './keys.ts';

type Found = Identified<KnownSession>;

/** A token that was read, and the session that it is another form of. */
type Held = {
  readonly token: AccessToken;
  readonly known: KnownSession;
  /** the person of the session as the one of the token */
  readonly people: WeakMap<Person, Person>;
};

// Some 3 KB each, and one is used for an hour.
const keptTokens = 5_000;

/**
 * Knows people by access tokens of auth, on routes that take tokens. Each is read once. From then on it is a form of the session of
 * its person, like a cookie: auth is asked whether it stands, and what it has said of the session is the same for all of them.
 */
export function createOwnTokenAuthenticator(parts: {
  /** of auth, as tokens have it */
  issuer: string;
  tokens: Pick<OwnTokens, 'read'>;
  states: SessionStates;
  check: (known: KnownSession, needs: Needs) => Standing | Promise<Standing>;
  freshness: (session: Session, asked: AuthenticatorInput) => SessionFreshness;
  origin: (request: CanonicalRequest) => string;
  /** after this a person signs in again, milliseconds */
  lifetimeMs: number;
  clock: Clock;
  kept?: number;
}): TokenKind {
  const { issuer, tokens, states, check, clock, kept = keptTokens } = parts;
  const held = new LRUCache<string, Held>(upTo(kept));

  return {
    recall(text, asked) {
      const before = held.get(text);
      return before && identify(before, asked);
    },
    identify: (text, asked) => (issuerOf(text) === issuer ? readFirst(text, asked) : undefined),
  };

  async function readFirst(text: string, asked: AuthenticatorInput): Promise<Found> {
    const token = await tokens.read(text);
    if (token === 'unknown') return visitor('token_unverified');
    if (typeof token === 'string') return visitor(`token_${token}`);
    const session = { ...token.session, family: token.family };
    const shown = ownCopy(text);
    const state = states(session);
    const known = newlyKnown(session, { token: shown, cookie: shown, state }, clock);
    const one = held.get(text) ?? { token, known, people: new WeakMap() };
    held.set(shown, one);
    return identify(one, asked);
  }

  function identify({ token, known, people }: Held, asked: AuthenticatorInput): Found | Promise<Found> {
    const { session } = known;
    const objection = objectionTo(token, asked);
    if (objection !== undefined) return visitor(objection, session.email);
    return whenThere(check(known, needsOf(asked)), (standing): Found => {
      if (standing !== 'stands') {
        return visitor(standing === 'ended' ? 'token_invalid' : 'token_unverified', session.email);
      }
      const fresh = parts.freshness(session, asked);
      if ('stale' in fresh) return visitor(fresh.stale, session.email);
      return { kind: 'person', principal: personOf(token, known.state.person, people), session: known };
    });
  }

  // RFC 9068, section 4: the audience is this application, and no other one of ours.
  function objectionTo(
    { resource, exp, session }: AccessToken,
    { request, route }: AuthenticatorInput,
  ): VisitorReason | undefined {
    const now = clock.now();
    if (exp * 1000 <= now || isExpired(session, now) || isOlderThan(session, parts.lifetimeMs, now)) {
      return 'token_expired';
    }
    const place = { host: request.host, authority: authorityOf(request) };
    const isHere = resource === parts.origin(request) && covers(session, place);
    return isHere && route.providerSlugs.includes(session.idp) ? undefined : 'token_invalid';
  }

  // The same value for as long as nothing new is learned: what was decided about them holds for that long.
  function personOf({ scopes, client }: AccessToken, person: Person, people: Held['people']): Person {
    const before = people.get(person);
    if (before !== undefined) return before;
    const made = { ...person, scopes, client, issuer };
    people.set(person, made);
    return made;
  }
}

function needsOf({ route: { passAccessToken: accessToken, policy } }: AuthenticatorInput): Needs {
  return { accessToken, groups: policy.neededGroups };
}

// Whose word it is: that it is genuine is not known by this.
function issuerOf(token: string): unknown {
  try {
    const [, payload = ''] = token.split('.', 2);
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'iss' in claims ? claims.iss : undefined;
  } catch {
    return undefined;
  }
}

function visitor(why: VisitorReason, email?: string): Found {
  return { kind: 'visitor', principal: { kind: 'visitor', why, ...(email !== undefined && { email }) } };
}
