import type { AuditEntry } from '@latchkey/contract';
import { compareTables } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import type { InForce } from './in-force.ts';

// A line with more would be longer than collectors take.
const shown = 100;

/** What the audit log says when other routes come into force: for whom they change what. */
export function auditOfReload(
  before: RouteTable,
  after: RouteTable,
  { sha256, routes }: InForce,
): AuditEntry {
  const changes = compareTables(before, after).map(({ host, kind, text, widens }) => ({
    host,
    kind,
    text,
    widens,
  }));
  const first = changes.slice(0, shown);
  return {
    event: 'policy_change',
    outcome: 'done',
    sha256,
    routes,
    changes: first,
    left_out: changes.length - first.length,
  };
}

/** And when they do not, and why. */
export function auditOfRefusal(inForce: RouteTable, errors: readonly string[]): AuditEntry {
  const first = errors.slice(0, shown);
  const routes = inForce.routes.length;
  return {
    event: 'policy_change',
    outcome: 'refused',
    routes,
    errors: first,
    left_out: errors.length - first.length,
  };
}
