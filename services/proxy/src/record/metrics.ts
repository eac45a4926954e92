import { counterOf, gaugeOf } from '@latchkey/http';
import type { Registry } from 'prom-client';
import { proxyPrometheus } from './names.ts';

/** Counts what became of reading the upstream file again. */
export type ReloadMetrics = { succeeded(routes: number): void; failed(): void };

/** @param routes how many there are at the start */
export function createReloadMetrics(registry: Registry, routes: number): ReloadMetrics {
  const reloads = counterOf(registry, proxyPrometheus, 'latchkey_upstream_reloads_total');
  const valid = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_file_valid');
  const inForce = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_routes');
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
