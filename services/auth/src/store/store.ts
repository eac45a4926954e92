import { HttpError } from '@latchkey/http';
import type { Place } from './place.ts';

/** A text that is kept, and how new it is. */
export type Kept = {
  readonly text: string;
  /** grows with every change; microseconds since the epoch, where nobody says otherwise */
  readonly version: number;
};

/** What is to be kept, and for how long. */
export type Keeping = {
  readonly ttlMs: number;
  /** absent: newer than all there is. A text that is older than the one which is there is refused. */
  readonly version?: number;
};

/**
 * What the tasks of auth know together. With the memory store there is one task, and it is this process.
 *
 * Everything ends by itself. Nothing is listed or searched: every question is about one place. Each verb is done as a whole
 * or not at all, whatever others do at the same place at that moment.
 *
 * @throws StoreAway from every verb, half a second after it was called at the latest. What was to be written may be written
 *   then or not; each can be said again.
 */
export type Store = {
  get(place: Place): Promise<Kept | undefined>;
  /** @returns whether it is there now, rather than something newer */
  put(place: Place, text: string, keeping: Keeping): Promise<boolean>;
  drop(place: Place): Promise<void>;

  /**
   * Uses up a one-time value.
   *
   * @returns whether this is the first use, for certain; of several at the same moment, one is
   */
  useOnce(place: Place, ttlMs: number): Promise<boolean>;
  /** Tells whether a one-time value is used up. The next moment it may be. */
  isUsed(place: Place): Promise<boolean>;
  /** Counts one more within a window that begins with the first. */
  count(place: Place, windowMs: number): Promise<{ readonly count: number; readonly endsInMs: number }>;

  /**
   * Adds to a set, or makes a member of it the newest again.
   *
   * @returns the members that had to go because there may be `most`: those that nobody has added for longest
   */
  add(place: Place, member: string, limits: { most: number; ttlMs: number }): Promise<readonly string[]>;
  /** The members of a set, the newest last. */
  members(place: Place): Promise<readonly string[]>;
  remove(place: Place, member: string): Promise<void>;

  /**
   * Takes the lease of a place, so that one task at a time works on what is kept there.
   *
   * @returns the fencing value, newer than whatever is kept there; undefined while somebody else holds the lease,
   *   and for two seconds after the store was away
   */
  lease(place: Place, holder: string, ttlMs: number): Promise<number | undefined>;
  /**
   * Keeps a lease, or takes it again where it was lost with the store, or has ended.
   *
   * @returns whether it is the holder's, for so long from now on; not where somebody else has it
   */
  extend(place: Place, holder: string, ttlMs: number): Promise<boolean>;
  /**
   * Gives the lease back, and in the same moment keeps what came of it, so that the next holder finds that. A result
   * whose fencing value is older than what is kept is refused: its holder was taken for dead, and others have written since.
   */
  release(
    place: Place,
    holder: string,
    result?: { readonly text: string; readonly ttlMs: number; readonly version: number },
  ): Promise<void>;

  /** What all tasks tell each other; absent where there is only one. */
  readonly log?: Log;
  /** Tells whether it is worth a question at the moment. */
  isAway(): boolean;
  close(): void;
};

/** A line that was written to the log. */
export type LogLine = { readonly id: string; readonly text: string };

/** Lines in the order in which they were written. Each is kept for a fixed time, unless all is lost. */
export type Log = {
  append(text: string): Promise<string>;
  /**
   * A piece of the log.
   *
   * @param from the id of its first line; absent, the beginning. A reader that gets another line first, or none, knows that
   *   lines which it has seen were lost.
   * @returns as many lines as fit; fewer than `page` are all that there are
   */
  read(from?: string): Promise<readonly LogLine[]>;
  remove(ids: readonly string[]): Promise<void>;
  readonly page: number;
};

/** The store cannot be asked: nobody was refused, and nobody let in. The caller may come back in a moment. */
export class StoreAway extends HttpError {
  /** @param detail what is the matter, in words that are safe to log */
  constructor(detail: string) {
    super('store_unavailable', { detail: `the store: ${detail}`, headers: { 'Retry-After': '2' } });
  }
}

/** What is known while the store is there; undefined while it is away. */
export async function unlessAway<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (error instanceof StoreAway) return undefined;
    throw error;
  });
}
