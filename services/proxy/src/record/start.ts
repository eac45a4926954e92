import { constantTagOf, startStatsd } from '@latchkey/http';
import type { ProxySettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { tellAll } from './events.ts';
import type { Tell } from './events.ts';
import { withGraceAlarm } from './grace-alarm.ts';
import { watchLevels } from './levels.ts';
import { auditLines, graceLines, requestLines } from './log-lines.ts';
import { proxyMetrics } from './names.ts';
import type { ProxyStatsdName } from './names.ts';
import { prometheusListener } from './prometheus.ts';
import { sendGauges, statsdListener } from './statsd.ts';

/** Everybody who is told what happens. */
export type Recording = {
  readonly tell: Tell;
  /** Sends what is left; resolves when nothing more is sent. */
  close(): Promise<void>;
};

/** @param options.registry absent where nobody reads it: what is not read is not counted */
export function startRecording(options: {
  settings: Pick<ProxySettings, 'logging' | 'metrics'>;
  registry: Registry | undefined;
  log: Logger;
  /** milliseconds that never jump */
  elapsed: () => number;
}): Recording {
  const { settings, registry, log, elapsed } = options;
  const { host, port } = settings.metrics.statsd;
  const listeners: Tell[] = [
    auditLines(log),
    graceLines(log),
    requestLines(log, settings.logging.enabled ? 'all' : 'errors'),
  ];
  const levels = watchLevels(elapsed);
  if (registry !== undefined || host !== undefined) listeners.push(levels.watch);
  if (registry !== undefined) listeners.push(prometheusListener(registry, levels));
  const tell = (all: readonly Tell[]) => withGraceAlarm(tellAll(all), elapsed);
  if (host === undefined) return { tell: tell(listeners), close: () => Promise.resolve() };

  const { namespace } = proxyMetrics;
  const constantTag = constantTagOf(namespace);
  const statsd = startStatsd<ProxyStatsdName>({ host, port, namespace, constantTag, log });
  const stopGauges = sendGauges(statsd, levels);
  return {
    tell: tell([...listeners, statsdListener(statsd)]),
    close() {
      stopGauges();
      return statsd.close();
    },
  };
}
