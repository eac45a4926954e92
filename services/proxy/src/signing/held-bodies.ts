/** The memory that one held body takes. */
export type Share = {
  /** Takes as much as is needed from now on; false when there is not so much. */
  resize(bytes: number): boolean;
  /** Gives all of it back. May be called twice. */
  release(): void;
};

/** The memory for all bodies that the process holds at one time. */
export type HeldBodies = { open(): Share };

// With what the garbage collector has not come to yet, the process grows by less than 64 MB.
const budgetBytes = 32 * 1024 * 1024;
// A form must not fail because of two uploads, so these leave a quarter.
const smallBytes = 256 * 1024;
const keptForSmallBytes = budgetBytes / 4;

/** Makes the memory, all of it free. */
export function createHeldBodies(): HeldBodies {
  let used = 0;
  return {
    open() {
      let mine = 0;
      function resize(bytes: number): boolean {
        const room = bytes > smallBytes ? budgetBytes - keptForSmallBytes : budgetBytes;
        if (bytes > mine && used - mine + bytes > room) return false;
        used += bytes - mine;
        mine = bytes;
        return true;
      }
      return { resize, release: () => void resize(0) };
    },
  };
}
