const heldLimit = 200;
const worthShowing = new Set(['warn', 'error', 'fatal']);

/** What becomes of the lines that the services log. */
export type LogRelay = {
  /** One line of a service. */
  line(service: string, text: string): void;
  /** The start went well: its lines are forgotten, and from now on warnings and errors are shown. */
  started(): void;
  /** The start failed: its lines are the explanation. */
  explain(): void;
};

/**
 * Keeps the terminal readable: nothing of a start that succeeds, then only what needs attention.
 * @param all show every line at once instead (`LATCHKEY_DEMO_LOG=1`)
 */
export function logRelay(all: boolean, write: (text: string) => void): LogRelay {
  let held: string[] | undefined = all ? undefined : [];
  return {
    line(service, text) {
      const line = `[${service}] ${text}\n`;
      if (held) held = [...held, line].slice(-heldLimit);
      else if (all || needsAttention(text)) write(line);
    },
    started() {
      held = undefined;
    },
    explain() {
      write(held?.join('') ?? '');
    },
  };
}

function needsAttention(text: string): boolean {
  try {
    const entry: unknown = JSON.parse(text);
    return typeof entry !== 'object' || entry === null || !('level' in entry) || isBad(entry.level);
  } catch {
    // Not a log line: a crash, or a warning from Node.
    return true;
  }
}

function isBad(level: unknown): boolean {
  return typeof level !== 'string' || worthShowing.has(level);
}
