import '@latchkey/http/node-version';
import { listenError, refuseToStart, stopOnSignals, useOutgoingProxy } from '@latchkey/http';
import { createLog, createMetrics, serveMetrics } from '@latchkey/telemetry';
import { loadAuthSettings, sentenceOf } from '@latchkey/settings';
import { startAuth } from './app.ts';
import { groupWarnings } from './providers/group-warnings.ts';
import { SettingsError } from './settings-error.ts';

const loaded = loadAuthSettings(process.env);
if (!loaded.ok) refuseToStart('auth', loaded.errors.map(sentenceOf));

const { settings, warnings } = loaded;
const log = createLog({ service: 'auth', level: settings.logging.level });
const proxies = useOutgoingProxy(settings.outgoing ?? {});
if (proxies !== undefined) log.info(proxies, 'providers are reached through the outgoing proxy');
for (const warning of [...warnings.map(sentenceOf), ...groupWarnings(settings.providers)]) log.warn(warning);

try {
  const { port: metricsPort } = settings.metrics;
  const registry = metricsPort === undefined ? undefined : createMetrics();
  if (metricsPort !== undefined && registry !== undefined) {
    const { address } = settings.server;
    await serveMetrics(registry, { port: metricsPort, address }).catch((error: unknown) =>
      refuseToStart('auth', [listenError(error, metricsPort, 'METRICS_PORT')]),
    );
  }
  const server = await startAuth({ settings, log, ...(registry !== undefined && { registry }) });
  stopOnSignals(server, log);
  log.info({ port: server.port, host: settings.server.host }, 'listening');
} catch (error) {
  if (error instanceof SettingsError) refuseToStart('auth', error.errors);
  refuseToStart('auth', [listenError(error, settings.server.port)]);
}
