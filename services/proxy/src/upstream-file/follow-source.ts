import type { Watch } from '@latchkey/files';
import type { Logger } from 'pino';
import type { ReadOutcome } from './read.ts';
import type { Take } from './reload.ts';
import { SourceError } from './source/source.ts';
import type { Fetched } from './source/source.ts';
import type { Followed } from './start.ts';
import type { UpstreamStatus } from './status.ts';

// With the time that an answer may take, every task has a new version within 30 s. Tasks that were started together drift apart.
const everyMs = { least: 8_000, most: 16_000 };

/**
 * Looks for a new version at intervals, and keeps each that comes into force as the last good one. A source that is away once
 * is nothing; away twice in a row is an alarm. `now` looks also at a version that was refused before.
 */
export function followSource(
  options: Followed & {
    read: (fetched: Fetched) => ReadOutcome;
    take: Take;
    /** whether the start has put in force what it fetched */
    isInForce: boolean;
    status: UpstreamStatus;
    log: Logger;
    waitMs?: () => number;
  },
): Watch {
  const { source, fetched, lastGood, read, take, status, log, waitMs = jittered } = options;
  let known = fetched;
  let isNewestInForce = options.isInForce;
  let toKeep = isNewestInForce ? fetched : undefined;
  let notKept: string | undefined;
  let misses = 0;
  let missed: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isAsked = false;
  let isClosed = false;
  let turn = keepLastGood().then(wait);

  async function look(): Promise<void> {
    const again = isAsked;
    isAsked = false;
    try {
      const found = await source.fetch(again ? undefined : known?.tag);
      if (isClosed) return;
      answered();
      if (found !== 'unchanged' && (again || !isSame(found, known))) {
        known = found;
        isNewestInForce = false;
        isNewestInForce = take(read(found));
        if (isNewestInForce) toKeep = found;
      } else if (isNewestInForce) status.confirmed();
    } catch (error) {
      if (!isClosed) miss(error, again);
    }
    await keepLastGood();
  }

  function answered(): void {
    if (missed !== undefined) {
      log.warn({ alarm: 'upstream source over', source: source.name }, 'the upstream file can be read again');
    }
    misses = 0;
    missed = undefined;
  }

  function miss(error: unknown, again: boolean): void {
    const isDefect = !(error instanceof SourceError);
    if (isDefect) log.error({ err: error }, 'reading the upstream file again failed unexpectedly');
    const why = `${source.name} ${isDefect ? 'could not be read: a defect, which the log holds' : error.message}`;
    misses += 1;
    if (misses === 1 && !again && !isDefect) return log.warn(`${why}; it will be tried again`);
    if (why === missed) return;
    missed = why;
    // Once the source is back, what it has is refused again, and the reason is that one.
    if (!isNewestInForce) known = undefined;
    log.error({ alarm: 'upstream source', source: source.name }, `${why}: the routes stay as they were`);
    status.refused(why);
  }

  async function keepLastGood(): Promise<void> {
    const kept = toKeep;
    if (lastGood === undefined || kept === undefined) return;
    const place = { path: lastGood.name, version: kept.version };
    try {
      const isWritten = await lastGood.keep(kept);
      log.info(
        place,
        isWritten
          ? 'the upstream file in force was kept as the last good one'
          : 'the last good upstream file is as new as the one in force, or newer, and stays',
      );
      notKept = undefined;
      if (toKeep === kept) toKeep = undefined;
    } catch (error) {
      const why = error instanceof SourceError ? error.message : 'could not be written';
      if (why !== notKept)
        log.error(
          { alarm: 'last good', ...place },
          `${lastGood.name} ${why}: the last good upstream file is not kept`,
        );
      notKept = why;
    }
  }

  function wait(): void {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(next, waitMs()).unref();
  }
  function next(): void {
    turn = turn.then(look).then(wait);
  }

  return {
    now() {
      if (isAsked) return;
      isAsked = true;
      next();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

// A server that names no version, or does not listen to the condition, sends the whole of it at each look.
function isSame(one: Fetched, other: Fetched | undefined): boolean {
  return other !== undefined && one.tag === other.tag && Buffer.compare(one.bytes, other.bytes) === 0;
}

function jittered(): number {
  return everyMs.least + Math.random() * (everyMs.most - everyMs.least);
}
