import { everybody, nameOfAccount, nameOfEmail } from '@latchkey/contract';
import type { Revocation } from '@latchkey/contract';
import { upTo } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { LRUCache } from 'lru-cache';

/** What a session may have ended by. */
export type Endable = Pick<Session, 'sid' | 'idp' | 'sub' | 'email' | 'auth_time'> & {
  /** of a program's token: what it was given together with, which may end without the session */
  readonly family?: string;
};

/**
 * The sessions that auth has ended: it said so of one that it was asked about, or sent word by itself. A session comes in many
 * cookies (renewed ones, copies, one for each host that it was handed over to), so what has ended is known by its `sid`, or by
 * whose it is and when they signed in, and none of them counts without a newer word of auth.
 */
export type EndedSessions = {
  add(revocation: Revocation): void;
  /** whether one ended at a moment or after it, by `elapsed` */
  since(session: Endable, moment: number): boolean;
  /**
   * The last moment at which one ended that is not remembered any more although it should be: it may be any that was
   * vouched for until then. By `elapsed`.
   */
  forgottenAt(): number;
};

/** When those who had signed in until a second (since the epoch) were ended. */
type End = { readonly at: number; readonly signedInUntil: number };

// About 150 bytes each. A company's people end a few thousand sessions in a grace period.
const keptEnds = 100_000;

/**
 * @param options.keepMs for so long a copy may claim that auth vouched for it
 * @param options.elapsed milliseconds that never jump
 */
export function createEndedSessions(options: {
  keepMs: number;
  elapsed: () => number;
  kept?: number;
}): EndedSessions {
  const { keepMs, elapsed, kept = keptEnds } = options;
  let forgottenAt = -Infinity;
  // Names take two hashes, so they are made only where there is an end to compare them with, and once.
  let hasSomebodys = false;
  const names = new WeakMap<Endable, readonly string[]>();
  const ends = new LRUCache<string, End>({
    ...upTo(kept),
    ttl: keepMs,
    perf: { now: elapsed },
    ttlResolution: 0,
    dispose({ at }, _name, why) {
      if (why === 'evict') forgottenAt = Math.max(forgottenAt, at);
    },
  });

  function isEnded(name: string, signedInAt: number, moment: number): boolean {
    const end = ends.peek(name);
    return end !== undefined && end.at >= moment && signedInAt <= end.signedInUntil;
  }

  function namesOf(session: Endable): readonly string[] {
    const before = names.get(session);
    if (before !== undefined) return before;
    const made = [everybody, nameOfAccount(session), nameOfEmail(session.email)].map(ofSomebody);
    names.set(session, made);
    return made;
  }

  return {
    add(revocation) {
      const at = elapsed();
      if ('sid' in revocation) {
        ends.set(revocation.sid, { at, signedInUntil: Infinity });
        return;
      }
      hasSomebodys = true;
      const name = ofSomebody(revocation.whose);
      const before = ends.peek(name)?.signedInUntil ?? -Infinity;
      ends.set(name, { at, signedInUntil: Math.max(before, revocation.signed_in_until) });
    },
    since(session, moment) {
      const { sid, family = sid } = session;
      if (isEnded(sid, -Infinity, moment) || isEnded(family, -Infinity, moment)) return true;
      if (!hasSomebodys) return false;
      return namesOf(session).some((name) => isEnded(name, session.auth_time, moment));
    },
    forgottenAt: () => forgottenAt,
  };
}

// No `sid` has a blank in it.
function ofSomebody(name: string): string {
  return `of ${name}`;
}
