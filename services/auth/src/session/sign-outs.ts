import type { Clock } from '@latchkey/http';
import { digest } from '../store/place.ts';
import { createRevocations, everybody } from './revocations.ts';
import type { Asked, Ended } from './revocations.ts';
import type { Account, SignedInSession } from './stored-session.ts';

/** Who has signed out. */
export type SignOuts = {
  add(session: SignedInSession, until: number): Promise<void>;
  /** Every session that was signed in for until now, of an account or of all. */
  addAllOf(whose: Account | typeof everybody, until: number): Promise<void>;
  /** @throws StoreAway where that cannot be known now */
  has(session: SignedInSession): Promise<boolean>;
  /** until nobody who signs in from then on can be taken for somebody from before */
  ready(): Promise<void>;
  close(): void;
};

/** Remembers sign-outs in this process alone. */
export function ownSignOuts(clock: Clock): SignOuts {
  const known = createRevocations(clock);
  return {
    add: async (session, until) => void known.add({ ...askedOf(session), at: clock.now(), until }),
    addAllOf: async (whose, until) => void known.add(allOf(whose, clock.now(), until)),
    has: async (session) => known.has(askedOf(session)),
    ready: async () => undefined,
    close: () => undefined,
  };
}

/** What a session is known by among those that have ended. */
export function askedOf({ sid, auth_time: signedInAt, ...account }: SignedInSession): Asked {
  return { account: nameOf(account), sid, signedInAt };
}

/** Every session that was signed in for until a moment. */
export function allOf(whose: Account | typeof everybody, at: number, until: number): Ended {
  const account = whose === everybody ? whose : nameOf(whose);
  return { account, signedInAt: Math.floor(at / 1000), at, until };
}

function nameOf({ idp, sub }: Account): string {
  return digest([idp, sub]);
}
