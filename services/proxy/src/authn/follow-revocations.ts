import { revocationsForm, revocationsHeldMs, revocationsPath, revocationsResponse } from '@latchkey/contract';
import type { Revocation } from '@latchkey/contract';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { readAnswer } from '../ask-auth.ts';
import type { AskAuth } from '../ask-auth.ts';

const answerWithinMs = revocationsHeldMs + 5_000;
// One page after the other, and not as fast as it goes where an answer makes no sense.
const pagePauseMs = 100;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
// Auth of the version before does not have this, and will not have it until it is replaced.
const absentPauseMs = 5 * 60_000;

/**
 * Hears of auth which sessions were ended, one question after the other, each of which auth keeps until there is something to
 * tell. That makes an end known within a second. Where it cannot be heard nothing is lost: auth is asked about each session
 * all the same.
 *
 * @param options.hear what was ended since it heard last; what it hears twice has ended all the same
 * @param options.pauseMs how long nothing is asked, after so many failures in a row; for tests
 */
export function followRevocations(options: {
  askAuth: AskAuth;
  hear: (ended: readonly Revocation[]) => void;
  log: Pick<Logger, 'debug'>;
  pauseMs?: (failures: number) => number;
}): { close(): void } {
  const { askAuth, hear, log, pauseMs = pauseAfter } = options;
  const closing = new AbortController();
  const { signal } = closing;

  async function follow(): Promise<void> {
    let after: string | undefined;
    let failures = 0;
    while (!signal.aborted) {
      const askedAt = performance.now();
      try {
        const wait = { timeoutMs: answerWithinMs, signal };
        const answer = await askAuth(revocationsPath, revocationsForm(after), wait);
        if (answer.status === 404) {
          await pause(absentPauseMs * (0.5 + Math.random()), undefined, { signal, ref: false });
          continue;
        }
        const page = readAnswer(answer, revocationsResponse);
        hear(page.revocations.filter((one) => one !== undefined));
        after = page.after;
        failures = 0;
        const leastMs = page.revocations.length > 0 ? pagePauseMs : firstPauseMs;
        await pause(Math.max(0, askedAt + leastMs - performance.now()), undefined, { signal, ref: false });
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        log.debug({ detail: messageOf(error) }, 'auth does not say at the moment which sessions have ended');
        await pause(pauseMs(failures), undefined, { signal, ref: false });
      }
    }
  }

  // It ends by being closed and in no other way.
  follow().catch(() => undefined);
  return { close: () => closing.abort() };
}

// Tasks that have lost auth at the same moment do not come back at the same moment.
function pauseAfter(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
