import { cookieName, cookieValues, setCookie } from '@latchkey/session';
import type { KeyRing, Session } from '@latchkey/session';
import { createHmac } from 'node:crypto';

/** What a browser remembers on a host about the person who was there last. */
export type PersonCookie = {
  /** Whether a session is of that person; `unknown` where nothing is remembered. */
  compare(cookieHeader: string | undefined, session: Session): 'same' | 'another' | 'unknown';
  /**
   * What a page tells its button that goes on as the person of a session. Good only where the browser remembers what it did:
   * an attacker who knows what their own page said could else have the person press that button on a page of theirs.
   */
  tokenFor(cookieHeader: string | undefined, session: Session): string;
  /** The `Set-Cookie` value that makes a browser remember the person of a session. */
  remember(session: Session): string;
};

// RFC 6265bis, section 5.5: browsers keep no cookie for longer than 400 days.
const lifeSeconds = 400 * 86_400;

/**
 * Remembers people by a cookie that no other host can set. A sibling host can put a session of its own into the cookie that
 * all share, and a person would work in somebody else's account without knowing.
 *
 * @param options.keys of the purpose `person mark`
 */
export function createPersonCookie(options: { keys: KeyRing; secure: boolean }): PersonCookie {
  const scope = { secure: options.secure };
  const name = cookieName('latchkey_person', scope);
  const known = new WeakMap<Session, readonly [string, ...string[]]>();

  // By every key, the newest first: a secret that is replaced makes nobody another person.
  function marksOf(session: Session): readonly [string, ...string[]] {
    const [newest, ...older] = options.keys;
    const marks =
      known.get(session) ??
      ([markBy(newest.secret, session), ...older.map(({ secret }) => markBy(secret, session))] as const);
    known.set(session, marks);
    return marks;
  }

  return {
    compare(cookieHeader, session) {
      const remembered = cookieValues(cookieHeader, name);
      if (remembered.length === 0) return 'unknown';
      const marks = marksOf(session);
      return remembered.some((mark) => marks.includes(mark)) ? 'same' : 'another';
    },
    tokenFor(cookieHeader, session) {
      const remembered = cookieValues(cookieHeader, name);
      return keyed(options.keys[0].secret, [marksOf(session)[0], remembered]);
    },
    remember: (session) => setCookie(name, marksOf(session)[0], lifeSeconds, scope),
  };
}

/** Tells whether two sessions are of one person, as their provider knows them. */
export function isSamePerson(one: Session, other: Session): boolean {
  return one.idp === other.idp && one.sub === other.sub;
}

function markBy(secret: string, { idp, sub }: Session): string {
  return keyed(secret, [idp, sub]);
}

function keyed(secret: string, about: readonly unknown[]): string {
  return createHmac('sha256', secret).update(JSON.stringify(about)).digest('base64url');
}
