import { renderErrorReference } from '@latchkey/http';
import { renderConfigurationReference } from '@latchkey/settings';
import { renderDiagnosticsReference, renderUpstreamSchema } from '@latchkey/upstreams';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

// The pages of docs/ that are made from the tables in the code. Each package tests that its own page is up to date.
const pages = {
  'configuration.md': renderConfigurationReference(),
  'diagnostics.md': renderDiagnosticsReference(),
  'errors.md': renderErrorReference(),
  'upstreams.schema.json': renderUpstreamSchema(),
};

for (const [name, text] of Object.entries(pages)) {
  writeFileSync(join(import.meta.dirname, '../../docs', name), text);
}
