import type { Clock } from '@latchkey/http';
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { StoreAway } from '../store/store.ts';
import type { Log, LogLine } from '../store/store.ts';
import { createRevocations } from './revocations.ts';
import type { Asked, Ended } from './revocations.ts';
import { isSharedSid } from './sid.ts';
import { markLine, readLine, signOutLine } from './sign-out-lines.ts';
import { askedOf } from './sign-outs.ts';
import type { SignOuts } from './sign-outs.ts';

// What others have written is here by then, also where nobody asks.
const followMs = 500;
// And whoever knows what a store has lost has told it again. Both by a clock that runs.
const settleMs = 4 * followMs;
const markAgainMs = 86_400_000;
const readWithinMs = 60_000;

/**
 * Remembers sign-outs together with the other tasks. Each task knows all of them: it has read the log from its beginning, and
 * reads on before it answers. So a log that has lost lines, all of them or the last, is told again by whoever notices, and for
 * a moment nothing is said: the last of them may be known to another task alone.
 *
 * The log is marked with the moment since which nothing is missing in it. Where no task is left that knew more, sessions from
 * before that moment may have ended or not: they are over, and their people sign in again.
 */
export function sharedSignOuts(
  shared: Log,
  { now, elapsed, log }: Clock & { log: Pick<Logger, 'info' | 'warn'> },
): SignOuts {
  const known = createRevocations({ now, elapsed });
  let settledAt = performance.now() + settleMs;
  let hasLostLines = false;
  /** the last line that was read */
  let position: string | undefined;
  /** nothing is missing since then, as far as we know */
  let since = Infinity;
  let markedAt = -Infinity;
  /** whether we know of an end that is not in the log */
  let isUntold = false;
  const idsOf = new Map<string, string[]>();

  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  // One that is under way may have read before whoever comes now; one that has not begun will do for all.
  function caughtUp(): Promise<void> {
    waiting ??= last.then(() => {
      waiting = undefined;
      return catchUp();
    });
    last = waiting.catch(() => undefined);
    return waiting;
  }

  async function catchUp(): Promise<void> {
    const lines = position === undefined ? [] : await linesFrom(position);
    const hasLost = lines[0]?.id !== position;
    if (position !== undefined && !hasLost && !isUntold) learn(lines.slice(1));
    else await startOver(hasLost);
    if (now() - markedAt < markAgainMs) return;
    await mark();
    forgetLinesOfWhatIsOver();
  }

  async function startOver(hasLost: boolean): Promise<void> {
    if (hasLost) {
      hasLostLines = true;
      settledAt = performance.now() + settleMs;
    }
    position = undefined;
    const lines = await linesFrom(undefined);
    const told = createRevocations({ now, elapsed });
    let toldSince = Infinity;
    for (const line of lines.map(({ text }) => readLine(text))) {
      if (line?.ended !== undefined) told.add(line.ended);
      toldSince = Math.min(toldSince, line?.since ?? Infinity);
    }
    const untold = known.all().filter((ended) => ended.until > now() && !told.has(ended));
    for (const ended of untold) await shared.append(signOutLine(ended));
    if (untold.length > 0)
      log.warn({ count: untold.length }, 'the store did not know of sign-outs: it was told again');
    isUntold = false;
    idsOf.clear();
    learn(lines);
    if (since < toldSince || toldSince === Infinity) await mark();
  }

  function forgetLinesOfWhatIsOver(): void {
    const accounts = new Set(known.all().map(({ account }) => account));
    for (const account of idsOf.keys()) if (!accounts.has(account)) idsOf.delete(account);
  }

  async function mark(): Promise<void> {
    if (since === Infinity) {
      since = now();
      log.info('the store remembers sign-outs from now on');
    }
    await shared.append(markLine({ since, at: now() }));
    markedAt = now();
  }

  async function linesFrom(from: string | undefined): Promise<readonly LogLine[]> {
    const lines = [...(await shared.read(from))];
    for (let size = lines.length; size >= shared.page;) {
      const more = await shared.read(lines.at(-1)?.id);
      size = more.length;
      lines.push(...more.slice(1));
    }
    return lines;
  }

  function learn(lines: readonly LogLine[]): void {
    for (const { id, text } of lines) {
      position = id;
      const line = readLine(text);
      if (line?.ended !== undefined) {
        known.add(line.ended);
        idsOf.set(line.ended.account, [...(idsOf.get(line.ended.account) ?? []), id]);
      }
      if (line?.since === undefined) continue;
      since = Math.min(since, line.since);
      markedAt = Math.max(markedAt, line.at);
    }
  }

  // Of an account that ended more than is told apart, one line is left.
  async function tell(ended: Ended): Promise<void> {
    const id = await shared.append(signOutLine(ended));
    if (ended.sid !== undefined) return;
    // Not those that another task may have read last: it would miss them.
    const isOld = (other: string) => writtenAt(other) < writtenAt(id) - readWithinMs;
    const ids = idsOf.get(ended.account) ?? [];
    idsOf.set(
      ended.account,
      ids.filter((other) => !isOld(other)),
    );
    await shared.remove(ids.filter(isOld));
  }

  function isLost({ sid, signedInAt }: Asked): boolean {
    return isSharedSid(sid) && signedInAt < Math.floor(since / 1000);
  }

  const follow = () => void caughtUp().catch(() => undefined);
  const following = setInterval(follow, followMs).unref();
  follow();
  return {
    async add(session, until) {
      const ended = known.add({ ...askedOf(session), at: now(), until });
      // It has ended here all the same, and elsewhere as soon as the store is back.
      await tell(ended).catch(() => {
        isUntold = true;
      });
    },
    async has(session) {
      const asked = askedOf(session);
      if (known.has(asked)) return true;
      await caughtUp();
      if (known.has(asked)) return true;
      const isUnsettled = performance.now() < settledAt;
      if (isUnsettled && (hasLostLines || isLost(asked))) {
        throw new StoreAway('it does not know yet who has signed out');
      }
      if (!isLost(asked)) return false;
      log.warn(
        { idp: session.idp },
        'whether a session has ended is not known, for the store has lost that: its person signs in again',
      );
      return true;
    },
    ready: caughtUp,
    close: () => clearInterval(following),
  };
}

// The id of a line says when it was written, by the store's clock.
function writtenAt(id: string): number {
  return Number.parseInt(id, 10);
}
