import type { Outcome } from './outcome.ts';
import type { Task } from './task.ts';
import type { World } from './world.ts';

/** Something that goes wrong, for a while. */
export type Fault = {
  readonly name: string;
  begin(world: World): Promise<void> | void;
  /** how long it lasts, in milliseconds from when it has begun */
  readonly forMs: number;
  end(world: World): Promise<void> | void;
  /** how requests of people who are signed in may end meanwhile, besides well */
  readonly allowed?: readonly Outcome[];
  /** whose requests the balancer may lose */
  readonly lost?: (world: World) => readonly Task[];
  /** whether people may have to sign in again whose refresh token was replaced, and nobody heard of it */
  readonly mayLoseRefreshes?: boolean;
  /** what else must not be, once it is over */
  readonly alsoWrong?: () => readonly string[];
  /** whether each sign-in meanwhile either succeeds or says `try again in a moment` */
  readonly answersSignIns?: boolean;
};

/** How long most last: longer than the proxy goes by an answer of auth, and than auth does by one of most providers. */
export const usualMs = 3_000;

/** Longer than any one question of a service waits for its answer. */
export const longMs = 6_500;
