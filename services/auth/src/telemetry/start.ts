import { startTelemetry } from '@latchkey/telemetry';
import type { Audit, Registry, Telemetry } from '@latchkey/telemetry';
import type { AuthSettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import { auditOf } from './audit.ts';
import type { AuthEvent } from './events.ts';
import { auditLines, requestLines } from './log-lines.ts';
import { authMetrics } from './names.ts';
import { prometheusListener } from './prometheus.ts';
import { statsdListener } from './statsd.ts';

/**
 * Starts all listeners.
 *
 * @param options.registry absent where nobody reads it
 */
export function startAuthTelemetry(options: {
  settings: Pick<AuthSettings, 'logging' | 'metrics'>;
  registry: Registry | undefined;
  audit: Audit | undefined;
  log: Logger;
}): Telemetry<AuthEvent> {
  const { settings, registry, audit, log } = options;
  return startTelemetry({
    log,
    lines: [auditLines(log), requestLines(log, settings.logging.enabled ? 'all' : 'errors')],
    registry,
    audit,
    audited: auditOf,
    prometheus: prometheusListener,
    agent: { ...settings.metrics.statsd, namespace: authMetrics.namespace },
    statsd: statsdListener,
  });
}
