import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Counts what became of reading the upstream file again. */
export type ReloadMetrics = { succeeded(routes: number): void; failed(): void };

/** @param routes how many there are at the start */
export function createReloadMetrics(registry: Registry, routes: number): ReloadMetrics {
  const registers = [registry];
  const reloads = new Counter({
    name: 'latchkey_upstream_reloads_total',
    help: 'Times the upstream file was read again, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const valid = new Gauge({
    name: 'latchkey_upstream_file_valid',
    help: '1 while the upstream file in force is the one on disk, 0 while that one has errors.',
    registers,
  });
  const inForce = new Gauge({
    name: 'latchkey_upstream_routes',
    help: 'Routes in force.',
    registers,
  });
  reloads.inc({ outcome: 'success' }, 0);
  reloads.inc({ outcome: 'failure' }, 0);
  valid.set(1);
  inForce.set(routes);
  return {
    succeeded(routes) {
      reloads.inc({ outcome: 'success' });
      valid.set(1);
      inForce.set(routes);
    },
    failed() {
      reloads.inc({ outcome: 'failure' });
      valid.set(0);
    },
  };
}
