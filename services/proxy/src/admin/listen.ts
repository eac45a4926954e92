import { startAdmin } from '@latchkey/admin';
import type { Readiness } from '@latchkey/admin';
import { knowledgeOf } from '@latchkey/explain';
import type { AdminSettings, ProxySettings } from '@latchkey/settings';
import type { Audit, Registry } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import type { LiveTable } from '../upstream-file/live-table.ts';
import type { FileInForce } from '../upstream-file/file-in-force.ts';
import { decisionEndpoint } from './decision.ts';
import { routesEndpoint } from './routes.ts';

/**
 * Opens the admin port of the proxy.
 *
 * @throws the `listen` error
 */
export async function openAdminPort(
  admin: AdminSettings,
  options: {
    settings: ProxySettings;
    table: LiveTable;
    /** of the upstream file */
    file: () => FileInForce;
    readiness: Readiness;
    registry: Registry;
    log: Logger;
    audit: Audit | undefined;
  },
): Promise<void> {
  const { settings, table, file, ...rest } = options;
  const proxy = knowledgeOf(settings);
  await startAdmin({
    ...admin,
    ...rest,
    secrets: settings.adminSecrets,
    endpoints: {
      '/routes': routesEndpoint(() => table.current(), file),
      '/decision': decisionEndpoint(() => ({ table: table.current(), proxy, auth: undefined })),
    },
  });
}
