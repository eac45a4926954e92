import { renderLintReference, renderMigrationReference } from '@latchkey/cli';
import { renderErrorReference } from '@latchkey/http';
import { renderConfigurationReference } from '@latchkey/settings';
import { renderDiagnosticsReference, renderUpstreamSchema } from '@latchkey/upstreams';

/** The pages of docs/ that are made from tables in the code, by file name. */
export function generatedPages(): Record<string, string> {
  return {
    'configuration.md': renderConfigurationReference(),
    'diagnostics.md': `${renderDiagnosticsReference()}\n${renderLintReference()}`,
    'errors.md': renderErrorReference(),
    'migration-notes.md': renderMigrationReference(),
    'upstreams.schema.json': renderUpstreamSchema(),
  };
}
