import type { Registry } from 'prom-client';
import type { PrometheusTable } from '../metric-tables.ts';
import { gaugeOf } from '../metrics.ts';
import type { Audit } from './audit.ts';

/** What both services tell of their audit log. */
export const auditMetrics = {
  latchkey_audit_log_up: {
    kind: 'gauge',
    labels: [],
    help: 'Whether the audit log (`AUDIT_LOG`) can be written. 1 where there is none.',
  },
  latchkey_audit_lines_lost: {
    kind: 'gauge',
    labels: [],
    help: 'Lines of the audit log that were lost since the start, for want of room.',
  },
} as const satisfies PrometheusTable;

/** Lets Prometheus read how the audit log is, whenever it looks. */
export function showAudit(registry: Registry, audit: Audit | undefined): void {
  gaugeOf(registry, auditMetrics, 'latchkey_audit_log_up', () => ((audit?.isUp() ?? true) ? 1 : 0));
  gaugeOf(registry, auditMetrics, 'latchkey_audit_lines_lost', () => audit?.lost() ?? 0);
}
