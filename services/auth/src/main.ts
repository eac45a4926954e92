import '@latchkey/http/node-version';
import { listenError, refuseToStart, stopOnSignals, useOutgoingProxy } from '@latchkey/http';
import { release } from '@latchkey/http/release';
import { startAdmin, starting } from '@latchkey/admin';
import { createLog, createMetrics, openAudit } from '@latchkey/telemetry';
import { loadAuthSettings, logFieldsOf, sentenceWithPage, sentenceOf } from '@latchkey/settings';
import { startAuth } from './app.ts';
import type { RunningAuth } from './app.ts';
import { groupWarnings } from './providers/group-warnings.ts';
import { SettingsError } from './settings-error.ts';

const loaded = loadAuthSettings(process.env);
if (!loaded.ok) refuseToStart('auth', loaded.errors.map(sentenceWithPage));

const { settings, warnings } = loaded;
const log = createLog({ service: 'auth', level: settings.logging.level });
const proxies = useOutgoingProxy(settings.outgoing ?? {});
if (proxies !== undefined) log.info(proxies, 'providers are reached through the outgoing proxy');
for (const warning of warnings) log.warn(logFieldsOf(warning), sentenceOf(warning));
for (const warning of groupWarnings(settings.providers)) log.warn(warning);

if (settings.accessTokenKey === undefined) log.info('no tokens for programs: ACCESS_TOKEN_KEY is not set');

const audit = openAudit(settings.audit, { service: 'auth', ...release, log });

try {
  const { admin, adminSecrets: secrets } = settings;
  const registry = admin && createMetrics();
  let running: RunningAuth | undefined;
  if (admin !== undefined && registry !== undefined) {
    const readiness = () => running?.readiness() ?? starting;
    await startAdmin({ ...admin, secrets, readiness, registry, log, audit }).catch((error: unknown) =>
      refuseToStart('auth', [listenError(error, admin.port, admin.variable)]),
    );
  }
  const server = await startAuth({
    settings,
    log,
    ...(audit !== undefined && { audit }),
    ...(registry !== undefined && { registry }),
  });
  running = server;
  stopOnSignals(server, log);
  log.info({ port: server.port, host: settings.server.host, ...release }, 'listening');
} catch (error) {
  if (error instanceof SettingsError) refuseToStart('auth', error.errors);
  refuseToStart('auth', [listenError(error, settings.server.port)]);
}
