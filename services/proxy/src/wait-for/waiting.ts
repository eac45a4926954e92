import { setTimeout as sleep } from 'node:timers/promises';
import type { RouteTable, WaitFor } from '@latchkey/upstreams';
import type { Logger } from 'pino';
import type { LiveTable } from '../upstream-file/live-table.ts';
import type { AskOrigin, OriginAnswer, Waited } from './ask-origin.ts';

/** What a start waits for. */
export type Waiting = {
  /** whether there is anything to wait for at all */
  readonly isAsked: boolean;
  /** the routes whose applications have not answered yet, a sentence each */
  readonly why: () => readonly string[];
  /** Resolves when nobody is waited for any more, or with a sentence about one that did not answer in its time. */
  readonly over: Promise<string | undefined>;
  end(): void;
};

const tryMs = 5_000;
const usualPauseMs = 500;

/**
 * Asks the applications of those routes that have `wait_for`, until each has answered as it says, or its time is over. A route
 * that a reload takes away is waited for no longer, and one that a reload brings is not: the proxy is in use by then.
 *
 * @param options.elapsed milliseconds that never jump
 */
export function waitForOrigins(options: {
  table: LiveTable;
  ask: AskOrigin;
  elapsed: () => number;
  log: Logger;
  pauseMs?: number;
}): Waiting {
  const { table, ask, elapsed, log, pauseMs = usualPauseMs } = options;
  const startedAt = elapsed();
  const ended = new AbortController();
  const pending = new Map<string, string>();
  for (const route of waitedIn(table.current())) pending.set(route.id, sentenceOf(route, undefined));
  table.onReplace(reportLater(table.current(), log));

  // Undefined once it is waited for no more; a sentence when its time is over.
  async function waitFor(id: string): Promise<string | undefined> {
    const route = waitedIn(table.current()).find((one) => one.id === id);
    if (route === undefined || ended.signal.aborted) return undefined;
    const leftMs = startedAt + route.waitFor.timeoutMs - elapsed();
    if (leftMs <= 0) return `${pending.get(id) ?? id}: given up after ${route.waitFor.timeoutMs / 1000} s`;
    const answer = await ask(route, table.current(), Math.min(tryMs, leftMs));
    if (isExpected(answer, route.waitFor)) {
      log.info(
        { route: id, ms: Math.round(elapsed() - startedAt) },
        'the application answers as wait_for says',
      );
      return undefined;
    }
    const sentence = sentenceOf(route, answer);
    if (pending.get(id) !== sentence) log.warn({ route: id, ...answer }, sentence);
    pending.set(id, sentence);
    await sleep(pauseMs, undefined, { signal: ended.signal }).catch(() => undefined);
    return waitFor(id);
  }

  async function waitForAll(): Promise<string | undefined> {
    const unanswered = Promise.withResolvers<string>();
    const each = [...pending.keys()].map(async (id) => {
      const sentence = await waitFor(id);
      if (sentence === undefined) pending.delete(id);
      else unanswered.resolve(sentence);
    });
    return Promise.race([unanswered.promise, Promise.all(each).then(() => undefined)]);
  }

  return {
    isAsked: pending.size > 0,
    why: () => [...pending.values()],
    over: waitForAll(),
    end: () => ended.abort(),
  };
}

function waitedIn({ routes }: RouteTable): readonly Waited[] {
  return routes.filter((route): route is Waited => route.waitFor !== undefined);
}

function isExpected(answer: OriginAnswer, { expect: { least, most } }: WaitFor): boolean {
  return 'status' in answer && answer.status >= least && answer.status <= most;
}

// On a page that a load balancer is shown, too: what went wrong in detail is for the log.
function sentenceOf({ id, waitFor: { path, expect } }: Waited, answer: OriginAnswer | undefined): string {
  const text =
    answer === undefined
      ? 'has not been asked for'
      : 'status' in answer
        ? `is answered ${answer.status}`
        : `has no answer (${answer.code})`;
  const range = expect.least === expect.most ? `${expect.least}` : `${expect.least}-${expect.most}`;
  return `${id}: ${path} ${text}, and wait_for expects ${range}`;
}

// Nothing waits for what a reload brings: the proxy is in use by then.
function reportLater(first: RouteTable, log: Logger): (next: RouteTable) => void {
  let known = new Set(waitedIn(first).map(({ id }) => id));
  return function report(next) {
    const now = waitedIn(next).map(({ id }) => id);
    const routes = now.filter((id) => !known.has(id));
    known = new Set(now);
    if (routes.length > 0)
      log.info({ routes }, 'wait_for of these routes has no effect before the next start');
  };
}
