import { everybody } from '@latchkey/contract';
import type { Clock } from '@latchkey/http';

/** What was ended before its time: one session of an account, or all that were signed in for until then. */
export type Ended = {
  /** whose, an account or an e-mail address, in a form that names nobody; or `everybody` */
  readonly account: string;
  /** absent: every one */
  readonly sid?: string | undefined;
  /** when its person signed in; or until when they did, of every one (seconds since the epoch) */
  readonly signedInAt: number;
  /** when it was ended, milliseconds since the epoch */
  readonly at: number;
  /** until when that is to be known, milliseconds since the epoch */
  readonly until: number;
};

/** A session that may have ended. */
export type CheckedSession = Pick<Ended, 'account' | 'signedInAt'> & {
  readonly sid: string;
  /** the e-mail address of its person, in such a form, too */
  readonly email: string;
};

/** The sessions that were ended before their time. */
export type Revocations = {
  /** @returns what there is to know about it: that one, or that all of the account have ended */
  add(ended: Ended): Ended;
  has(asked: Ended | CheckedSession): boolean;
  /** All that is to be known still. */
  all(): Ended[];
};

/** What has ended of one account. */
type Account = {
  /** the sessions, each until when, as `lapses` */
  readonly sids: Map<string, Lapse>;
  /** when the youngest of them was signed in for (seconds since the epoch) */
  youngest: number;
  /** sessions that began until this second have ended (seconds since the epoch) */
  signedInUntil: number;
  lapses: Lapse;
};

/** When an entry is of no more use, by both clocks: neither one that was set forward and back, nor one that stood still. */
type Lapse = { readonly now: number; readonly elapsed: number };

// More sign-outs than a person makes while their sessions last, and little enough for a company of any size.
const keptSids = 50;
const forgetAgainMs = 1_000;

/**
 * Remembers what has ended until it would have been over anyway, without exception: nobody can make us forget by ending
 * others. The memory is bounded by account, and there are no more accounts than people who sign in. Of an account that ends
 * more sessions than we remember one by one, everything ends that was signed in until then, and that is one number.
 */
export function createRevocations({ now, elapsed }: Clock): Revocations {
  const accounts = new Map<string, Account>();

  const isOver = (lapse: Lapse) => lapse.now <= now() && lapse.elapsed <= elapsed();

  // An account that ended something goes to the end of the line, so what is over is at its beginning.
  let forgottenAt = -Infinity;
  function forgetWhatIsOver(): void {
    // Not with each of many: a map passes over all that was taken from its beginning.
    if (elapsed() < forgottenAt + forgetAgainMs) return;
    forgottenAt = elapsed();
    for (const [key, { lapses }] of accounts) {
      if (!isOver(lapses)) return;
      accounts.delete(key);
    }
  }

  function hasOf(key: string, sid: string | undefined, signedInAt: number): boolean {
    const account = accounts.get(key);
    if (account === undefined || isOver(account.lapses)) return false;
    const lapse = account.sids.get(sid ?? '');
    return signedInAt <= account.signedInUntil || (lapse !== undefined && !isOver(lapse));
  }

  return {
    add(ended) {
      const { account: key, sid, signedInAt, at, until } = ended;
      forgetWhatIsOver();
      if (until <= now()) return ended;
      const lapses = { now: until, elapsed: elapsed() + until - now() };
      const account = accounts.get(key) ?? {
        sids: new Map<string, Lapse>(),
        youngest: -Infinity,
        signedInUntil: -Infinity,
        lapses,
      };
      accounts.delete(key);
      accounts.set(key, Object.assign(account, { lapses: laterOf(account.lapses, lapses) }));
      const { sids } = account;
      for (const [other, lapse] of sids) if (isOver(lapse)) sids.delete(other);
      if (sid === undefined) {
        account.signedInUntil = Math.max(account.signedInUntil, signedInAt);
        return ended;
      }
      account.youngest = Math.max(account.youngest, signedInAt);
      sids.set(sid, lapses);
      if (sids.size <= keptSids) return ended;
      sids.clear();
      // By another task's clock, or by ours of before it was set back, one of them may have begun later than it ended.
      account.signedInUntil = Math.max(account.signedInUntil, account.youngest, Math.floor(at / 1000));
      return { account: key, signedInAt: account.signedInUntil, at, until: account.lapses.now };
    },
    has(asked) {
      const { account, sid, signedInAt } = asked;
      const isPartOf = (key: string) => hasOf(key, undefined, signedInAt);
      return (
        hasOf(account, sid, signedInAt) || isPartOf(everybody) || ('email' in asked && isPartOf(asked.email))
      );
    },
    all() {
      forgetWhatIsOver();
      return [...accounts].flatMap(([account, { sids, youngest, signedInUntil, lapses }]) => [
        ...(signedInUntil > -Infinity
          ? [{ account, signedInAt: signedInUntil, at: signedInUntil * 1000, until: lapses.now }]
          : []),
        ...[...sids].map(([sid, { now: until }]) => ({
          account,
          sid,
          signedInAt: youngest,
          at: youngest * 1000,
          until,
        })),
      ]);
    },
  };
}

function laterOf(one: Lapse, other: Lapse): Lapse {
  return { now: Math.max(one.now, other.now), elapsed: Math.max(one.elapsed, other.elapsed) };
}
