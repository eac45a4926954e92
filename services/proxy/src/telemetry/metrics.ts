import { counterOf, gaugeOf } from '@latchkey/telemetry';
import type { Registry } from 'prom-client';
import type { UpstreamState, UpstreamStatus } from '../upstream-file/status.ts';
import { proxyPrometheus } from './names.ts';

/** Shows Prometheus which upstream file is in force, and counts what became of reading it again. */
export function countReloads(registry: Registry, status: UpstreamStatus): void {
  const reloads = counterOf(registry, proxyPrometheus, 'latchkey_upstream_reloads_total');
  const valid = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_file_valid');
  const routes = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_routes');
  const version = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_file_info');
  const written = gaugeOf(registry, proxyPrometheus, 'latchkey_upstream_file_written_seconds');
  gaugeOf(
    registry,
    proxyPrometheus,
    'latchkey_upstream_file_age_seconds',
    () => ageOf(status.current()) ?? 0,
  );

  function show({ inForce, trouble }: UpstreamState): void {
    valid.set(trouble === undefined ? 1 : 0);
    routes.set(inForce.routes);
    version.reset();
    version.set({ sha256: inForce.sha256 }, 1);
    if (inForce.written !== undefined) written.set(inForce.written.getTime() / 1000);
  }
  reloads.inc({ outcome: 'success' }, 0);
  reloads.inc({ outcome: 'failure' }, 0);
  show(status.current());
  status.onChange(function changed(state, outcome) {
    if (outcome !== undefined) reloads.inc({ outcome });
    show(state);
  });
}

/** How many seconds old the file in force is; undefined where nobody knows. */
export function ageOf({ inForce: { written } }: UpstreamState): number | undefined {
  return written === undefined ? undefined : Math.max(0, Math.round((Date.now() - written.getTime()) / 1000));
}
