import type { Clock } from '@latchkey/http';
import type { SignedInSession } from './store.ts';

/** The sessions that were ended before their time. */
export type Revocations = {
  add(session: SignedInSession, until: number): void;
  has(session: SignedInSession): boolean;
};

/** What has ended of one account. */
type Account = {
  /** the sessions, each until when, as `lapses` */
  readonly sids: Map<string, Lapse>;
  /** when the youngest of them was signed in for (seconds since the epoch) */
  youngest: number;
  /** whoever signed in until this second is signed out (seconds since the epoch) */
  signedInUntil: number;
  lapses: Lapse;
};

/** When an entry is of no more use, by both clocks: neither one that was set forward and back, nor one that stood still. */
type Lapse = { readonly now: number; readonly elapsed: number };

// More sign-outs than a person makes while their sessions last, and little enough for a company of any size.
const keptSids = 50;

/**
 * Remembers what has ended until it would have been over anyway, without exception: nobody can make us forget by ending
 * others. The memory is bounded by account, and there are no more accounts than people who sign in. Of an account that ends
 * more sessions than we remember one by one, everything ends that was signed in until then, and that is one number.
 */
export function createRevocations({ now, elapsed }: Clock): Revocations {
  const accounts = new Map<string, Account>();

  const isOver = (lapse: Lapse) => lapse.now <= now() && lapse.elapsed <= elapsed();

  // An account that ended something goes to the end of the line, so what is over is at its beginning.
  function forgetWhatIsOver(): void {
    for (const [key, { lapses }] of accounts) {
      if (!isOver(lapses)) return;
      accounts.delete(key);
    }
  }

  return {
    add({ idp, sub, sid, auth_time: signedInAt }, until) {
      forgetWhatIsOver();
      if (until <= now()) return;
      const key = keyOf(idp, sub);
      const lapses = { now: until, elapsed: elapsed() + until - now() };
      const account = accounts.get(key) ?? {
        sids: new Map<string, Lapse>(),
        youngest: -Infinity,
        signedInUntil: -Infinity,
        lapses,
      };
      account.youngest = Math.max(account.youngest, signedInAt);
      for (const [other, lapse] of account.sids) if (isOver(lapse)) account.sids.delete(other);
      account.sids.set(sid, lapses);
      if (account.sids.size > keptSids) {
        account.sids.clear();
        // By another task's clock, or by ours of before it was set back, one of them may have begun later than now.
        account.signedInUntil = Math.max(account.signedInUntil, account.youngest, Math.floor(now() / 1000));
      }
      accounts.delete(key);
      accounts.set(key, Object.assign(account, { lapses: laterOf(account.lapses, lapses) }));
    },
    has({ idp, sub, sid, auth_time: signedInAt }) {
      const account = accounts.get(keyOf(idp, sub));
      if (account === undefined || isOver(account.lapses)) return false;
      const lapse = account.sids.get(sid);
      return signedInAt <= account.signedInUntil || (lapse !== undefined && !isOver(lapse));
    },
  };
}

function laterOf(one: Lapse, other: Lapse): Lapse {
  return { now: Math.max(one.now, other.now), elapsed: Math.max(one.elapsed, other.elapsed) };
}

// GHSA-v574-6498-x57v: parts that are only put behind each other can be cut in two ways.
function keyOf(idp: string, sub: string): string {
  return JSON.stringify([idp, sub]);
}
