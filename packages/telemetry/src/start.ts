import type { AuditEntry } from '@latchkey/contract';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Audit } from './audit/audit.ts';
import { showAudit } from './audit/metrics.ts';
import { emitTo } from './emitter.ts';
import type { Emit } from './emitter.ts';
import { constantTagOf } from './metric-tables.ts';
import { startStatsd } from './statsd.ts';
import type { Statsd } from './statsd.ts';

/** All listeners of a service. */
export type Telemetry<Event> = {
  readonly emit: Emit<Event>;
  /** Sends what is left; resolves when nothing more is sent. */
  close(): Promise<void>;
};

/** Listens for those who read: the log always, Prometheus and StatsD where they are set up. What is not read is not counted. */
export function startTelemetry<Event, Name extends string>(options: {
  readonly log: Logger;
  readonly lines: readonly Emit<Event>[];
  /** absent where there is none */
  readonly audit: Audit | undefined;
  /** what of an event belongs into the audit log */
  readonly audited: (event: Event) => readonly AuditEntry[];
  /** absent where nobody reads it */
  readonly registry: Registry | undefined;
  readonly prometheus: (registry: Registry) => Emit<Event>;
  /** the agent that reads metrics, and what is in front of every name, with its dot */
  readonly agent: { readonly host?: string; readonly port: number; readonly namespace: string };
  readonly statsd: (statsd: Statsd<Name>) => Emit<Event>;
}): Telemetry<Event> {
  const { log, lines, registry, agent, audit, audited } = options;
  const { host, port, namespace } = agent;
  const listeners = [...lines];
  if (audit !== undefined) {
    listeners.push(function writeAudit(event) {
      for (const entry of audited(event)) audit.write(entry);
    });
  }
  if (registry !== undefined) {
    listeners.push(options.prometheus(registry));
    showAudit(registry, audit);
  }
  if (host === undefined) return { emit: emitTo(listeners), close: () => Promise.resolve() };

  const constantTag = constantTagOf(namespace);
  const statsd = startStatsd<Name>({ host, port, namespace, constantTag, log });
  listeners.push(options.statsd(statsd));
  return { emit: emitTo(listeners), close: () => statsd.close() };
}
