import { pino } from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';
import { standardOutput } from './standard-output.ts';

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
    options.destination ?? standardOutput(options.service),
  );
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
  /** at the proxy: a server in front asked about it, and forwards it by itself */
  question?: true;
  /** at auth: the host of the application that it leads to, where that is certain */
  application?: string;
  /** the error code, where there was one */
  error?: string;
  /** what went wrong, for the operator */
  detail?: string;
};
