import { startTelemetry } from '@latchkey/telemetry';
import type { Audit, Registry, Telemetry } from '@latchkey/telemetry';
import type { ProxySettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import { auditOf } from './audit.ts';
import type { UpstreamState } from '../upstream-file/status.ts';
import type { ProxyEvent } from './events.ts';
import { withGraceAlarm } from './grace-alarm.ts';
import { watchLevels } from './levels.ts';
import type { Levels } from './levels.ts';
import { auditLines, graceLines, mismatchLines, requestLines } from './log-lines.ts';
import { principalLines } from './principal-lines.ts';
import { proxyMetrics } from './names.ts';
import type { ProxyStatsdName } from './names.ts';
import { prometheusListener } from './prometheus.ts';
import { sendGauges, statsdListener } from './statsd.ts';

/**
 * Starts all listeners.
 *
 * @param options.registry absent where nobody reads it
 */
export function startProxyTelemetry(options: {
  settings: Pick<ProxySettings, 'logging' | 'metrics'>;
  registry: Registry | undefined;
  audit: Audit | undefined;
  log: Logger;
  /** milliseconds that never jump */
  elapsed: () => number;
  /** connections of each connector of the upstream file */
  connectors: Levels['connectors'];
  /** which upstream file is in force; absent where nobody follows one */
  upstream?: (() => UpstreamState) | undefined;
}): Telemetry<ProxyEvent> {
  const { settings, registry, audit, log, elapsed } = options;
  const agent = { ...settings.metrics.statsd, namespace: proxyMetrics.namespace };
  const lines = [
    auditLines(log),
    graceLines(log),
    mismatchLines(log),
    requestLines(log, settings.logging.enabled ? 'all' : 'errors'),
  ];
  if (settings.logging.enabled) lines.unshift(principalLines(log, elapsed));
  const levels = watchLevels(elapsed, options.connectors);
  if (registry !== undefined || agent.host !== undefined) lines.push(levels.watch);
  let stopGauges: (() => void) | undefined;
  const telemetry = startTelemetry<ProxyEvent, ProxyStatsdName>({
    log,
    lines,
    registry,
    audit,
    audited: auditOf,
    prometheus: (read) => prometheusListener(read, levels),
    agent,
    statsd(statsd) {
      stopGauges = sendGauges(statsd, levels, options.upstream);
      return statsdListener(statsd);
    },
  });
  return {
    emit: withGraceAlarm(telemetry.emit, elapsed),
    close() {
      stopGauges?.();
      return telemetry.close();
    },
  };
}
