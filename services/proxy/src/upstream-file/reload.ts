import type { ProxySettings } from '@latchkey/settings';
import { lostAtOnce } from '@latchkey/upstreams';
import type { Route } from '@latchkey/upstreams';
import type { Logger } from 'pino';
import type { ReloadMetrics } from '../telemetry/metrics.ts';
import { inForce } from './in-force.ts';
import type { LiveCopy } from './live-copy.ts';
import type { LiveTable } from './live-table.ts';
import { readUpstreams } from './read.ts';

/**
 * Makes the function that reads the upstream file again. The new table is built aside and put in force only when it is
 * whole: a file with an error changes nothing, nor does one without most of the routes, and either is said so.
 */
export function createReload(options: {
  upstream: ProxySettings['upstream'];
  table: LiveTable;
  copy?: LiveCopy | undefined;
  metrics: ReloadMetrics;
  /** what to say of routes that come into force, besides what the file says itself */
  warningsOf: (routes: readonly Route[]) => readonly string[];
  log: Logger;
}): () => void {
  const { upstream, table, copy, metrics, warningsOf, log } = options;

  function keepOld(errors: readonly string[], summary: string): void {
    for (const error of errors) log.error(error);
    log.error({ routes: table.current().routes.length }, `${summary}: the routes stay as they were`);
    metrics.failed();
  }

  function readAgain(): void {
    const outcome = readUpstreams(upstream, table.current());
    for (const warning of outcome.warnings) log.warn(warning);
    if (outcome.table === undefined) return keepOld(outcome.errors, 'the upstream file has errors');
    const lost = upstream.allowLoss ? undefined : lostAtOnce(table.current(), outcome.table);
    if (lost !== undefined) {
      const remedy = 'restart to put it in force, or set UPSTREAM_RELOAD_ALLOW_LOSS=true';
      return keepOld([`${lost}; if that is meant, ${remedy}`], 'the upstream file loses too much at once');
    }
    table.replace(outcome.table);
    for (const warning of warningsOf(outcome.table.routes)) log.warn(warning);
    const now = inForce(outcome);
    log.info(now, 'the upstream file was read again');
    metrics.succeeded(now);
    void copy?.(outcome.bytes);
  }

  return function reload() {
    try {
      readAgain();
    } catch (error) {
      // A timer and a signal call this, and nobody behind them: one throw would end the process.
      log.error({ err: error }, 'reading the upstream file again failed unexpectedly');
      metrics.failed();
    }
  };
}
