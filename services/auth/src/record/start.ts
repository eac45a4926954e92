import { constantTagOf, startStatsd } from '@latchkey/http';
import type { Registry } from '@latchkey/http';
import type { AuthSettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import { tellAll } from './events.ts';
import type { Tell } from './events.ts';
import { auditLines, requestLines } from './log-lines.ts';
import { authMetrics } from './names.ts';
import type { AuthStatsdName } from './names.ts';
import { prometheusListener } from './prometheus.ts';
import { statsdListener } from './statsd.ts';

/** Everybody who is told what happens. */
export type Recording = {
  readonly tell: Tell;
  /** Sends what is left; resolves when nothing more is sent. */
  close(): Promise<void>;
};

/** @param options.registry absent where nobody reads it: what is not read is not counted */
export function startRecording(options: {
  settings: Pick<AuthSettings, 'logging' | 'metrics'>;
  registry: Registry | undefined;
  log: Logger;
}): Recording {
  const { settings, registry, log } = options;
  const { host, port } = settings.metrics.statsd;
  const listeners: Tell[] = [auditLines(log), requestLines(log, settings.logging.enabled ? 'all' : 'errors')];
  if (registry !== undefined) listeners.push(prometheusListener(registry));
  if (host === undefined) return { tell: tellAll(listeners), close: () => Promise.resolve() };

  const { namespace } = authMetrics;
  const constantTag = constantTagOf(namespace);
  const statsd = startStatsd<AuthStatsdName>({ host, port, namespace, constantTag, log });
  return { tell: tellAll([...listeners, statsdListener(statsd)]), close: () => statsd.close() };
}
