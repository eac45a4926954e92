import { watchFiles } from '@latchkey/files';
import type { Watch } from '@latchkey/files';
import type { ProxySettings } from '@latchkey/settings';
import { followSource } from './follow-source.ts';
import { readContent } from './read.ts';
import { createReload, createTake } from './reload.ts';
import type { TakeOptions } from './reload.ts';
import type { Followed } from './start.ts';

const lookAtFileEveryMs = 1_000;

/**
 * Looks after the upstream file, wherever it is; undefined where it is in a variable, which does not change.
 *
 * @param waitMs between two looks at a source; for tests
 */
export function watchUpstreams(
  upstream: ProxySettings['upstream'],
  followed: Followed | undefined,
  taking: TakeOptions,
  waitMs?: () => number,
): Watch | undefined {
  if (followed !== undefined) {
    const { source } = followed;
    const { table, status, log } = taking;
    return followSource({
      ...followed,
      read: (fetched) => readContent(source.name, fetched, { upstream, inForce: table.current() }),
      take: createTake(taking),
      isInForce: status.current().trouble === undefined,
      status,
      log,
      ...(waitMs !== undefined && { waitMs }),
    });
  }
  const { configFile } = upstream;
  return configFile === undefined
    ? undefined
    : watchFiles([configFile], lookAtFileEveryMs, createReload(taking));
}
