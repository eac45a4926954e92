import { authMetrics } from '@latchkey/auth';
import { renderLintReference, renderMigrationReference } from '@latchkey/cli';
import {
  renderAuditReference,
  renderAuditSchema,
  renderEndpointReference,
  renderErrorReference,
  renderLogSchema,
} from '@latchkey/contract';
import { renderMetricsReference } from '@latchkey/telemetry';
import { proxyMetrics } from '@latchkey/proxy';
import { renderConfigurationReference } from '@latchkey/settings';
import {
  renderDiagnosticsReference,
  renderUpstreamReference,
  renderUpstreamSchema,
} from '@latchkey/upstreams';
import { join } from 'node:path';
import { renderAdvisories } from './advisories-page.ts';
import { drawPackages } from './draw-packages.ts';
import { packagesInUse } from './packages.ts';
import { renderPolicies } from './policies-page.ts';

const root = join(import.meta.dirname, '../..');

/** The pages of docs/ that are made from tables in the code, and the picture of the packages, by file name. */
export function generatedPages(): Record<string, string> {
  return {
    'advisories.md': renderAdvisories(),
    'audit.md': renderAuditReference(),
    'audit.schema.json': renderAuditSchema(),
    'configuration.md': renderConfigurationReference(),
    'dashboards.md': renderMetricsReference([proxyMetrics, authMetrics]),
    'diagnostics.md': `${renderDiagnosticsReference()}\n${renderLintReference()}`,
    'endpoints.md': renderEndpointReference(),
    'errors.md': renderErrorReference(),
    'images/packages.svg': drawPackages(packagesInUse(root)),
    'log.schema.json': renderLogSchema(),
    'migration-notes.md': renderMigrationReference(),
    'policies.md': renderPolicies(),
    'upstreams.md': renderUpstreamReference(),
    'upstreams.schema.json': renderUpstreamSchema(),
  };
}
