import { errors } from '@latchkey/http';
import type { ErrorLevel } from '@latchkey/http';
import type { Logger } from 'pino';
import type { Locals } from '../web/locals.ts';
import type { Tell } from './events.ts';

/** Writes one line for each request. */
export function requestLines(log: Logger): Tell {
  return function writeLine(event) {
    if (event.kind === 'request') log[levelOf(event.locals)](event.locals.line, 'request');
  };
}

function levelOf({ line, failed }: Locals): ErrorLevel | 'debug' {
  // Health checks come every few seconds from every side.
  if (line.path === '/ping') return 'debug';
  return failed === undefined ? 'info' : errors[failed].level;
}
