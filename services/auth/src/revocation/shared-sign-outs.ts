import type { Clock } from '@latchkey/http';
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { StoreAway } from '../store/store.ts';
import type { Log } from '../store/store.ts';
import { nextRun } from '../next-run.ts';
import { within } from '../within.ts';
import { createAccountLines } from './account-lines.ts';
import type { RecentEnds } from './recent-ends.ts';
import { createRevocations } from './revocations.ts';
import type { CheckedSession, Ended } from './revocations.ts';
import { isSharedSid } from '../session/sid.ts';
import { markLine, readLines, signOutLine } from './sign-out-lines.ts';
import type { ReadLine } from './sign-out-lines.ts';
import { allOf, checkedSession, endedSession } from './sign-outs.ts';
import type { SignOuts } from './sign-outs.ts';

// What others have written is here by then, also where nobody asks.
const followMs = 500;
// And a task that knows what a store has lost has published it again. Both by a clock that runs.
const settleMs = 4 * followMs;
const markAgainMs = 86_400_000;
// All sign-outs of a company are read or published within seconds; nobody waits for that.
const answerMs = 2 * followMs;
const publishedAtOnce = 500;

/**
 * Remembers sign-outs together with the other tasks. Each task knows all of them: it has read the log from its beginning, and
 * reads on before it answers. So a log that has lost lines, all of them or the last, is written again by the task that notices, and
 * for a moment nothing is said: the last of them may be known to another task alone.
 *
 * The log is marked with the moment since which nothing is missing in it. Where no task is left that knew more, sessions from
 * before that moment may have ended or not: they are over, and their people sign in again.
 *
 * @param recent hears of each end as it stands in the log
 * @param options.onLost hears that the store has lost lines, and with them maybe all it knew; others wait for a moment
 */
export function sharedSignOuts(
  shared: Log,
  recent: Pick<RecentEnds, 'add' | 'clear'>,
  {
    now,
    elapsed,
    log,
    onLost,
  }: Clock & { readonly log: Pick<Logger, 'info' | 'warn'>; readonly onLost?: () => void },
): SignOuts {
  const known = createRevocations({ now, elapsed });
  // A task that reads for the first time, too, does not know whether others are there who have more to tell.
  let mustSettle = true;
  let settledAt = Infinity;
  let hasLostLines = false;
  /** the last line that was read */
  let position: string | undefined;
  /** nothing is missing since then, as far as we know */
  let since = Infinity;
  let markedAt = -Infinity;
  /** whether we know of an end that is not in the log */
  let hasUnpublished = false;
  const accountLines = createAccountLines();
  /** lines of ours that the store has taken, and that we have not read yet: with the store they may be lost */
  const unread = new Set<string>();

  const caughtUp = nextRun(catchUp);
  async function catchUp(): Promise<void> {
    const written = [...unread];
    const lines = position === undefined ? [] : await readLines(shared, position);
    const read = new Set(lines.map(({ id }) => id));
    const hasLost = position !== undefined && ![position, ...written].every((id) => read.has(id));
    if (position !== undefined && !hasLost && !hasUnpublished) learn(lines.slice(1));
    else await startOver(hasLost);
    if (now() - markedAt < markAgainMs) return;
    await mark();
    accountLines.keepOnly(new Set(known.all().map(({ account }) => account)));
  }

  async function startOver(hasLost: boolean): Promise<void> {
    mustSettle ||= hasLost;
    hasLostLines ||= hasLost;
    if (hasLost) onLost?.();
    position = undefined;
    unread.clear();
    // Before we look at what we know: what cannot be published meanwhile is left for the next time.
    hasUnpublished = false;
    const lines = await readLines(shared);
    const inLog = createRevocations({ now, elapsed });
    let loggedSince = Infinity;
    for (const { line } of lines) {
      if (line?.ended !== undefined) inLog.add(line.ended);
      if (line?.since !== undefined) loggedSince = Math.min(loggedSince, line.since);
    }
    const missing = known.all().filter((ended) => ended.until > now() && !inLog.has(ended));
    for (let at = 0; at < missing.length; at += publishedAtOnce) {
      await Promise.all(missing.slice(at, at + publishedAtOnce).map((ended) => write(signOutLine(ended))));
    }
    if (missing.length > 0)
      log.warn({ count: missing.length }, 'the store did not know of sign-outs: they were written again');
    accountLines.clear();
    recent.clear();
    learn(lines);
    if (since < loggedSince || loggedSince === Infinity) await mark();
    if (mustSettle) settledAt = performance.now() + settleMs;
    mustSettle = false;
  }

  async function mark(): Promise<void> {
    if (since === Infinity) {
      since = now();
      log.info('the store remembers sign-outs from now on');
    }
    await write(markLine({ since, at: now() }));
    markedAt = now();
  }

  function learn(lines: readonly ReadLine[]): void {
    for (const { id, line } of lines) {
      position = id;
      unread.delete(id);
      if (line?.ended !== undefined) {
        const { account, sid } = line.ended;
        known.add(line.ended);
        recent.add(line.ended, id);
        if (sid === undefined) accountLines.replacedBy(account, id);
        accountLines.add(account, id);
      }
      if (line?.since === undefined) continue;
      since = Math.min(since, line.since);
      markedAt = Math.max(markedAt, line.at);
    }
  }

  async function write(text: string): Promise<string> {
    const id = await shared.append(text);
    unread.add(id);
    return id;
  }

  async function publish(ended: Ended): Promise<boolean> {
    try {
      const id = await write(signOutLine(ended));
      // Of an account that has ended as a whole, little more than one line is left.
      if (ended.sid === undefined) await shared.remove(accountLines.replacedBy(ended.account, id));
      follow();
      return true;
    } catch {
      // It has ended here all the same, and elsewhere as soon as the store is back.
      hasUnpublished = true;
      return false;
    }
  }

  function isLost({ sid, signedInAt }: CheckedSession): boolean {
    return isSharedSid(sid) && signedInAt < Math.floor(since / 1000);
  }

  const follow = () => void caughtUp().catch(() => undefined);
  const following = setInterval(follow, followMs).unref();
  follow();
  return {
    add: (session, until) => publish(known.add(endedSession(session, now(), until))),
    addAllOf: (whose, until) => publish(known.add(allOf(whose, now(), until))),
    async has(session) {
      const asked = checkedSession(session);
      if (known.has(asked)) return true;
      await soon(caughtUp());
      if (known.has(asked)) return true;
      const isUnsettled = performance.now() < settledAt;
      if (isUnsettled && (hasLostLines || isLost(asked))) {
        throw new StoreAway('it does not know yet who has signed out');
      }
      if (!isLost(asked)) return false;
      log.warn(
        { idp: session.idp },
        'the store has lost whether a session has ended: its person signs in again',
      );
      return true;
    },
    ready: () => soon(caughtUp()),
    close: () => clearInterval(following),
  };
}

function soon(reading: Promise<void>): Promise<void> {
  return within(answerMs, reading, () => new StoreAway('it is still being read who has signed out'));
}
