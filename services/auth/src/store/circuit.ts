/** Keeps us from asking whom it does no good to ask, and tells when that begins and ends. */
export type Circuit = {
  /** Tells whether to ask now. While it is open one question in a while is let through, to see. */
  allows(): boolean;
  isOpen(): boolean;
  /** Tells whether it was open until a moment ago: others may be about to write down what they could not until then. */
  isSettling(): boolean;
  succeeded(): void;
  failed(why: string): void;
};

/** Hears of the two moments at which a circuit changes. */
export type CircuitChange = { readonly open: true; readonly why: string } | { readonly open: false };

const toleratedFailures = 3;
const tryAgainMs = 500;
const settleMs = 4 * tryAgainMs;

/**
 * Makes a circuit, closed. It opens after a few failures in a row, and closes with the first success.
 *
 * @param elapsed milliseconds, never set back
 */
export function createCircuit(elapsed: () => number, onChange: (change: CircuitChange) => void): Circuit {
  let failures = 0;
  let tryAgainAt = 0;
  let settledAt = -Infinity;
  const isOpen = () => failures >= toleratedFailures;

  return {
    isOpen,
    isSettling: () => elapsed() < settledAt,
    allows() {
      if (!isOpen()) return true;
      if (elapsed() < tryAgainAt) return false;
      tryAgainAt = elapsed() + tryAgainMs;
      return true;
    },
    succeeded() {
      const wasOpen = isOpen();
      failures = 0;
      if (!wasOpen) return;
      settledAt = elapsed() + settleMs;
      onChange({ open: false });
    },
    failed(why) {
      const wasOpen = isOpen();
      failures += 1;
      if (wasOpen || !isOpen()) return;
      tryAgainAt = elapsed() + tryAgainMs;
      onChange({ open: true, why });
    },
  };
}
