import { parseDuration } from '@latchkey/duration';
import { HttpError, readJson } from '@latchkey/http';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { OperatorEndpoint } from './endpoint.ts';

const wished = z.strictObject({
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
  for: z.string().exactOptional(),
});
const usualMs = 3_600_000;
const longestMs = 24 * 3_600_000;
const bodyBytes = 1024;

/**
 * Changes how much is logged, without a restart, and back by itself: a level that somebody forgot would fill a disk, or hide
 * what matters.
 */
export function logLevelEndpoint(log: Logger): OperatorEndpoint {
  const usual = log.level;
  let timer: NodeJS.Timeout | undefined;

  // The line is written at whichever of the two levels shows it.
  function change(level: string, line: object, msg: string): void {
    if (valueOf(log, level) < valueOf(log, log.level)) log.level = level;
    log.warn(line, msg);
    log.level = level;
  }

  return {
    methods: 'PUT',
    action: 'log_level',
    async handle(req) {
      const { level, for: text } = readWish(await readJson(req, bodyBytes));
      const ms = text === undefined ? usualMs : readDuration(text);
      const until = new Date(Date.now() + ms).toISOString();
      clearTimeout(timer);
      change(level, { to: level, until }, 'the level of the log was changed');
      timer = setTimeout(() => change(usual, { to: usual }, 'the level of the log is as usual again'), ms);
      timer.unref();
      return { answer: { level, until, usual }, written: { to: level, until }, audited: { level } };
    },
  };
}

function valueOf({ levels }: Logger, level: string): number {
  return levels.values[level] ?? 0;
}

function readWish(body: unknown): z.infer<typeof wished> {
  const wish = wished.safeParse(body).data;
  if (wish !== undefined) return wish;
  const detail = 'write {"level": "debug", "for": "15m"}: trace, debug, info, warn, error or fatal';
  throw new HttpError('bad_request', { detail });
}

function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000 && ms <= longestMs) return ms;
  throw new HttpError('bad_request', { detail: 'for: write a duration from 1s to 24h' });
}
