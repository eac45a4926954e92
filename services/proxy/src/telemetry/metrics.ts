import { counterOf, gaugeOf } from '@latchkey/telemetry';
import type { Registry } from 'prom-client';
import type { InForce } from '../upstream-file/in-force.ts';
import { proxyPrometheus } from './names.ts';

/** Counts what became of reading the upstream file again. */
export type ReloadMetrics = { succeeded(now: InForce): void; failed(): void };

/** @param first what is in force at the start */
export function createReloadMetrics(registry: Registry, first: InForce): ReloadMetrics {
  const reloads = counterOf(registry, proxyPrometheus, 'latchkey_upstream_reloads_total');
  const valid = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_file_valid');
  const routes = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_routes');
  const version = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_file_info');
  const written = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_file_written_seconds');

  function show(now: InForce): void {
    valid.set(1);
    routes.set(now.routes);
    version.reset();
    version.set({ sha256: now.sha256 }, 1);
    if (now.written !== undefined) written.set(now.written.getTime() / 1000);
  }
  reloads.inc({ outcome: 'success' }, 0);
  reloads.inc({ outcome: 'failure' }, 0);
  show(first);
  return {
    succeeded(now) {
      reloads.inc({ outcome: 'success' });
      show(now);
    },
    failed() {
      reloads.inc({ outcome: 'failure' });
      valid.set(0);
    },
  };
}
