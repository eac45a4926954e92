/** The memory that one held body takes. */
export type Share = {
  /** Takes as much as is needed from now on; false when there is not so much. */
  resize(bytes: number): boolean;
  /** Gives all of it back. May be called twice. */
  release(): void;
};

/** The memory for all bodies that the process holds at one time. */
export type HeldBodies = {
  /** @param person who sends the body; undefined for all that nobody knows */
  open(person: string | undefined): Share;
};

const mebi = 1024 * 1024;
// With what the garbage collector has not come to yet, the process grows by less than 64 MB.
const budgetBytes = 32 * mebi;
// A form must not fail because of two uploads, so these leave a quarter.
const smallBytes = mebi / 4;
const keptForSmallBytes = budgetBytes / 4;
// The largest body that there is. A person who had more would keep everybody else from sending any.
const ofOnePersonBytes = 16 * mebi;

/** Makes the memory, all of it free. */
export function createHeldBodies(): HeldBodies {
  let used = 0;
  const usedBy = new Map<string | undefined, number>();
  return {
    open(person) {
      let mine = 0;
      function resize(bytes: number): boolean {
        const more = bytes - mine;
        const theirs = (usedBy.get(person) ?? 0) + more;
        const room = bytes > smallBytes ? budgetBytes - keptForSmallBytes : budgetBytes;
        if (more > 0 && (used + more > room || theirs > ofOnePersonBytes)) return false;
        used += more;
        if (theirs === 0) usedBy.delete(person);
        else usedBy.set(person, theirs);
        mine = bytes;
        return true;
      }
      return { resize, release: () => void resize(0) };
    },
  };
}
