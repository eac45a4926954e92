import { pino } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';

/** A service's log: JSON lines with `time` in ISO 8601 (UTC) and `level` as a word. */
export function createLog(options: {
  service: string;
  level: Level;
  /** default: standard output */
  destination?: DestinationStream;
}): Logger {
  return pino(
    {
      base: { service: options.service },
      level: options.level,
      timestamp: timestamps(),
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? standardOutput(),
  );
}

// POSIX, write(): what is at most PIPE_BUF bytes (4096 on Linux) "shall not be interleaved with data from other processes
// doing writes on the same pipe". More at once would tear the lines of two services that share one.
const pipeBytes = 4096;

/**
 * Standard output. What is logged within one turn of the event loop is written at its end in as few pieces as a pipe
 * keeps whole, so that no line waits for a clock or for the next one; what is there when the process exits, by whatever error, is written before it does.
 */
function standardOutput(): DestinationStream {
  const out = pino.destination({ sync: true, minLength: pipeBytes - 1, maxWrite: pipeBytes });
  let isDue = false;
  function flush(): void {
    isDue = false;
    out.flush();
  }
  process.once('exit', flush);
  return {
    write(line) {
      out.write(line);
      if (!isDue) setImmediate(flush);
      isDue = true;
    },
  };
}

// Many lines are of the same millisecond, and writing it out costs as much as the rest of a line.
function timestamps(): () => string {
  let last = NaN;
  let text = '';
  return function timestamp() {
    const now = Date.now();
    if (now !== last) text = `,"time":"${new Date(now).toISOString()}"`;
    last = now;
    return text;
  };
}

/** What one request leaves in the log. Never a query string, a cookie, a code or a token: those are keys to accounts. */
export type RequestLine = {
  id: string;
  method: string;
  host?: string;
  /** without the query */
  path?: string;
  status: number;
  /** milliseconds */
  duration: number;
  client?: string;
  route?: string;
  reason?: string;
  user?: string;
  /** at auth: the host of the application that it leads to, where that is certain */
  application?: string;
  /** the error code, where there was one */
  error?: string;
  /** what went wrong, for the operator */
  detail?: string;
};
