import type { ProxySettings, UpstreamSource } from '@latchkey/settings';
import { lostAtOnce } from '@latchkey/upstreams';
import { setTimeout as pause } from 'node:timers/promises';
import { lastGoodAt } from './last-good.ts';
import type { LastGood } from './last-good.ts';
import { readContent, readUpstreams } from './read.ts';
import type { ReadOutcome } from './read.ts';
import { remedy } from './reload.ts';
import { openSource } from './source/open.ts';
import type { OpenSource } from './source/open.ts';
import { SourceError } from './source/source.ts';
import type { Fetched } from './source/source.ts';

/** What a proxy starts with, or every reason why it does not start. */
export type Start =
  | {
      readonly outcome: Extract<ReadOutcome, { table: object }>;
      /** why it is the last good version, and not the newest */
      readonly troubles: readonly string[];
      readonly followed?: Followed;
    }
  | { readonly errors: readonly string[] };

/** A source that is looked at from now on. */
export type Followed = {
  readonly source: OpenSource;
  readonly lastGood: LastGood | undefined;
  /** the newest version there is; absent where it could not be read */
  readonly fetched: Fetched | undefined;
};

// A start has nothing to go on with, so it asks more than once.
const tries = 3;
const betweenMs = 1_000;

/** Reads the upstream file for the first time, from wherever it is. */
export async function readAtStart(upstream: ProxySettings['upstream']): Promise<Start> {
  if (upstream.source !== undefined) return readFromSource(upstream, upstream.source);
  const outcome = readUpstreams(upstream);
  return outcome.table === undefined ? outcome : { outcome, troubles: [] };
}

async function readFromSource(upstream: ProxySettings['upstream'], settings: UpstreamSource): Promise<Start> {
  const source = openSource(settings);
  const lastGood = settings.lastGood && lastGoodAt(settings.lastGood);
  const [fetched, kept] = await Promise.all([tryToFetch(source), lastGood && tryToRead(lastGood)]);

  const spare =
    typeof kept === 'object' && lastGood ? readContent(lastGood.name, kept, { upstream }) : undefined;
  const newest = typeof fetched === 'string' ? undefined : readContent(source.name, fetched, { upstream });
  const followed = { source, lastGood, fetched: typeof fetched === 'string' ? undefined : fetched };

  const troubles = troublesOf(fetched, newest, spare, upstream);
  if (newest?.table !== undefined && troubles.length === 0) return { outcome: newest, troubles, followed };
  if (spare?.table !== undefined) return { outcome: spare, troubles, followed };
  return { errors: [...troubles, ...withoutSpare(kept, spare, lastGood)] };
}

/** Why the newest version is not to be put in force: what a reload would say of it. */
function troublesOf(
  fetched: Fetched | string,
  newest: ReadOutcome | undefined,
  spare: ReadOutcome | undefined,
  upstream: ProxySettings['upstream'],
): readonly string[] {
  if (typeof fetched === 'string') return [`UPSTREAM_CONFIG_URL: ${fetched}`];
  if (newest?.table === undefined) return newest?.errors ?? [];
  if (spare?.table === undefined || upstream.allowLoss) return [];
  const lost = lostAtOnce(spare.table, newest.table);
  return lost === undefined ? [] : [`${lost}; if that is meant, ${remedy(upstream)}`];
}

function withoutSpare(
  kept: Fetched | string | undefined,
  spare: ReadOutcome | undefined,
  lastGood: LastGood | undefined,
): readonly string[] {
  if (lastGood === undefined) return [];
  if (spare !== undefined && spare.table === undefined) return spare.errors;
  return [
    `UPSTREAM_CONFIG_LAST_GOOD: ${typeof kept === 'string' ? kept : `${lastGood.name} holds nothing yet`}`,
  ];
}

/** @returns why not, where there is nothing */
async function tryToFetch(source: OpenSource, left = tries): Promise<Fetched | string> {
  try {
    const fetched = await source.fetch();
    return fetched === 'unchanged' ? `${source.name} was not given` : fetched;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.lack !== 'passing' || left === 1) return `${source.name} ${error.message}`;
    await pause(betweenMs);
    return tryToFetch(source, left - 1);
  }
}

async function tryToRead(lastGood: LastGood): Promise<Fetched | string | undefined> {
  try {
    return await lastGood.read();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return `${lastGood.name} ${error.message}`;
  }
}

/** Where the upstream file comes from, for operators. */
export function sourceNameOf(
  { configFile }: Pick<ProxySettings['upstream'], 'configFile'>,
  followed: Followed | undefined,
): string {
  return followed?.source.name ?? configFile ?? 'UPSTREAM_CONFIG';
}
