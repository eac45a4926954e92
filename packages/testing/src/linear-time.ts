import { describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

// As much as the head of a request may hold.
const longest = 64 * 1024;
const limitMs = 20;
// Below this, garbage collection and a busy machine say more than the function does.
const floorMs = 10;
// An eighth of the text takes a linear function an eighth of the time, and a quadratic one a 64th. What is allocated for the
// whole makes it up to three times as dear again.
const part = 8;
const mostTimes = 32;
const rounds = 8;
const againMs = 200;

// One of each class of characters that a parser treats apart, and short sequences that advisories are made of.
const classes = [
  '. / \\ % ; , = & : " - [ a 7 \u0301 \u00e9'.split(' '),
  [' ', '\t', '%2e', '%cc%81', '..;', '10.0.0.1,', 'a=b;'],
].flat();

/** What a function is handed of a stranger, and the function. */
export type Reading = readonly [name: string, run: (text: string) => unknown];

/**
 * Tests functions that see a stranger's bytes before anybody knows who sent them: a service has one thread, and what takes
 * a second for one caller takes it from all.
 */
export function testLinearTime(readings: readonly Reading[]): void {
  describe('64 KiB from a stranger cost under 20 ms, and an eighth of them an eighth:', () => {
    const texts = hostileTexts();

    test.each(readings)('%s', async (_, run) => {
      const slow: string[] = [];
      for (const text of texts) {
        if ((await tooSlow(run, text)) === undefined) continue;
        // Memory for the whole is dear for a while where another process asks for much. What is slow by itself is so again.
        await pause(againMs);
        const times = await tooSlow(run, text);
        if (times === undefined) continue;
        slow.push(`${JSON.stringify(text.slice(0, 12))}: ${times}`);
        if (slow.length > 3) break;
      }
      expect(slow).toEqual([]);
    });
  });
}

/** What a call gives or throws: what is refused by an exception has been read as well. */
export function attempted(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

/** @returns the times it took, where that is too long, or out of proportion to an eighth of the text */
async function tooSlow(run: (text: string) => unknown, text: string): Promise<string | undefined> {
  const whole = await fastest(() => run(text), floorMs);
  if (whole < floorMs) return undefined;
  const small = (await fastest(() => pieces(text.slice(-longest / part), run), 0)) / (part * rounds);
  if (whole < limitMs && whole < mostTimes * small) return undefined;
  return `${whole.toFixed(1)} ms, for an eighth of it ${small.toFixed(2)} ms`;
}

/** Long runs of every class and alternations of every two, each with something else at the end. */
function hostileTexts(): string[] {
  const units = classes.flatMap((one, at) => [one, ...classes.slice(at + 1).map((other) => one + other)]);
  return units.map((unit) => `${unit.repeat(longest).slice(0, longest - 1)}!`);
}

// Many times as much in pieces as the whole has: the clock of a thread may go in steps of ten milliseconds, and what takes less
// would seem to take nothing.
async function pieces(piece: string, run: (text: string) => unknown): Promise<void> {
  for (let times = 0; times < part * rounds; times++) await run(piece);
}

/** The shortest time that a call takes, in milliseconds; at once when it is short enough, or out of all proportion. */
async function fastest(call: () => unknown, enough: number): Promise<number> {
  let best = Infinity;
  for (let tries = 0; tries < 12 && best > enough && (tries === 0 || best < 1_000); tries++) {
    const before = process.threadCpuUsage();
    await call();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}
