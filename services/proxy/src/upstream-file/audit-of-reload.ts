import type { AuditEntry } from '@latchkey/contract';
import { compareTables } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import type { InForce } from './in-force.ts';

// A line with more would be longer than collectors take in one piece.
const shown = 100;
const shownBytes = 14_000;

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
  const first = fitting(changes);
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
export function auditOfRefusal(inForce: Pick<RouteTable, 'routes'>, errors: readonly string[]): AuditEntry {
  const first = fitting(errors);
  const routes = inForce.routes.length;
  return {
    event: 'policy_change',
    outcome: 'refused',
    routes,
    errors: first,
    left_out: errors.length - first.length,
  };
}

function fitting<T>(all: readonly T[]): T[] {
  const first = all.slice(0, shown);
  let room = shownBytes;
  const beyond = first.findIndex((one) => (room -= Buffer.byteLength(JSON.stringify(one))) < 0);
  return beyond < 0 ? first : first.slice(0, Math.max(beyond, 1));
}
