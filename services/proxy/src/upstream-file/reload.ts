import type { Logger } from 'pino';
import type { ProxySettings } from '@latchkey/settings';
import type { ReloadMetrics } from '../record/metrics.ts';
import type { LiveTable } from './live-table.ts';
import { readUpstreams } from './read.ts';

/**
 * Makes the function that reads the upstream file again. The new table is built aside and put in force only when it is
 * whole: a file with an error changes nothing, and is said so.
 */
export function createReload(options: {
  upstream: ProxySettings['upstream'];
  table: LiveTable;
  metrics: ReloadMetrics;
  log: Logger;
}): () => void {
  const { upstream, table, metrics, log } = options;
  return function reload() {
    try {
      readAgain();
    } catch (error) {
      // A timer and a signal call this, and nobody behind them: one throw would end the process.
      log.error({ err: error }, 'reading the upstream file again ended with a defect');
      metrics.failed();
    }
  };

  function readAgain(): void {
    const outcome = readUpstreams(upstream);
    for (const warning of outcome.warnings) log.warn(warning);
    if (outcome.table === undefined) {
      for (const error of outcome.errors) log.error(error);
      log.error(
        { routes: table.current().routes.length },
        'the upstream file has errors: the routes stay as they were',
      );
      metrics.failed();
      return;
    }
    table.replace(outcome.table);
    log.info({ routes: outcome.table.routes.length }, 'the upstream file was read again');
    metrics.succeeded(outcome.table.routes.length);
  }
}
