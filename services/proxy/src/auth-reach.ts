import type { Logger } from 'pino';
import { AuthUnavailable } from './ask-auth.ts';
import type { AskAuth } from './ask-auth.ts';

/** Whether auth can be asked, going by the last questions. */
export type AuthReach = {
  /** the same question; how it ended is seen */
  readonly askAuth: AskAuth;
  /** How often auth has come back: what found it away before the last time is worth another question. */
  readonly comebacks: () => number;
};

// One question that got lost is not auth being away, and the answer to the next one not that it is back.
const leastAwayMs = 1_000;

/**
 * Notices when auth comes back. Nobody asks for that alone: any answer tells it.
 *
 * @param options.elapsed milliseconds that never jump
 */
export function watchReach(
  askAuth: AskAuth,
  { elapsed, log }: { elapsed: () => number; log: Logger },
): AuthReach {
  let comebacks = 0;
  let awaySince: number | undefined;

  function answered(): void {
    if (awaySince === undefined) return;
    const awayMs = elapsed() - awaySince;
    awaySince = undefined;
    if (awayMs < leastAwayMs) return;
    comebacks += 1;
    log.info({ seconds: Math.round(awayMs / 1000) }, 'auth can be reached again');
  }

  return {
    comebacks: () => comebacks,
    async askAuth(path, form) {
      try {
        const answer = await askAuth(path, form);
        answered();
        return answer;
      } catch (error) {
        if (error instanceof AuthUnavailable) awaySince ??= elapsed();
        throw error;
      }
    },
  };
}
