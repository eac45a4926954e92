import type { Clock } from '@latchkey/http';
import { digest } from '../store/place.ts';
import { createRevocations } from './revocations.ts';
import type { Asked } from './revocations.ts';
import type { SignedInSession } from './stored-session.ts';

/** Who has signed out. */
export type SignOuts = {
  add(session: SignedInSession, until: number): Promise<void>;
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
    has: async (session) => known.has(askedOf(session)),
    ready: async () => undefined,
    close: () => undefined,
  };
}

/** What a session is known by among those that have ended. */
export function askedOf({ idp, sub, sid, auth_time: signedInAt }: SignedInSession): Asked {
  return { account: digest([idp, sub]), sid, signedInAt };
}
