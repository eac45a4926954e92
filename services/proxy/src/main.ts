import '@latchkey/http/node-version';
import { listenError, refuseToStart, stopOnSignals, useOutgoingProxy } from '@latchkey/http';
import { release } from '@latchkey/http/release';
import { starting } from '@latchkey/admin';
import { createLog, createMetrics } from '@latchkey/telemetry';
import { loadProxySettings, sentenceOf } from '@latchkey/settings';
import { openAdminPort } from './admin/listen.ts';
import { startProxy } from './app.ts';
import type { RunningProxy } from './app.ts';
import { watchFiles } from './files/watch.ts';
import { createReloadMetrics } from './telemetry/metrics.ts';
import { assertionWarnings } from './outgoing/assertion-warnings.ts';
import { createSigner } from './outgoing/signers/signer.ts';
import { inForce } from './upstream-file/in-force.ts';
import { createLiveCopy } from './upstream-file/live-copy.ts';
import { createLiveTable } from './upstream-file/live-table.ts';
import { readUpstreams } from './upstream-file/read.ts';
import { createReload } from './upstream-file/reload.ts';
import { rememberInForce } from './upstream-file/remember-in-force.ts';

const lookAtFileEveryMs = 1_000;

const loaded = loadProxySettings(process.env);
if (!loaded.ok) refuseToStart('proxy', loaded.errors.map(sentenceOf));
const { settings, warnings } = loaded;
const log = createLog({ service: 'proxy', level: settings.logging.level });
const proxies = useOutgoingProxy(settings.outgoing ?? {});
if (proxies !== undefined)
  log.info(
    proxies,
    'auth and applications are reached through the outgoing proxy, which looks up the names of applications',
  );

const signing = createSigner({
  variables: settings.upstream.templateVariables,
  rsaKey: settings.requestSignerKey,
  assertionKey: settings.assertionKey,
});
if ('problems' in signing) refuseToStart('proxy', signing.problems.map(sentenceOf));
if (signing.signer.assertions === undefined) log.info('no assertions: ASSERTION_KEY is not set');
const outcome = readUpstreams(settings.upstream);
if (outcome.table === undefined) refuseToStart('proxy', outcome.errors);
const first = inForce(outcome);
const warningsOf = signing.signer.assertions === undefined ? assertionWarnings : () => [];
for (const warning of [
  ...warnings.map(sentenceOf),
  ...outcome.warnings,
  ...warningsOf(outcome.table.routes),
]) {
  log.warn(warning);
}

try {
  const table = createLiveTable(outcome.table);
  const registry = createMetrics();
  const metrics = rememberInForce(first, createReloadMetrics(registry, first), {
    source: settings.upstream.configFile ?? 'UPSTREAM_CONFIG',
    now: Date.now,
  });
  const copy = createLiveCopy(settings.upstream, log);
  const reload = createReload({ upstream: settings.upstream, table, copy, metrics, warningsOf, log });
  const { admin } = settings;
  let running: RunningProxy | undefined;
  if (admin !== undefined) {
    const readiness = () => running?.readiness() ?? starting;
    const file = () => metrics.current();
    await openAdminPort(admin, { settings, table, file, readiness, registry, log }).catch((error: unknown) =>
      refuseToStart('proxy', [listenError(error, admin.port, admin.variable)]),
    );
  }
  const server = await startProxy({
    settings,
    table,
    signer: signing.signer,
    log,
    ...(admin !== undefined && { registry }),
  });
  running = server;
  if (settings.upstream.configFile !== undefined) {
    const watch = watchFiles([settings.upstream.configFile], lookAtFileEveryMs, reload);
    process.on('SIGHUP', () => watch.now());
  }
  void server.waited.then((unanswered) => unanswered === undefined || refuseToStart('proxy', [unanswered]));
  stopOnSignals(server, log);
  log.info({ port: server.port, ...first, ...release }, server.ready() ? 'ready' : 'listening');
  void copy?.(outcome.bytes);
} catch (error) {
  refuseToStart('proxy', [listenError(error, settings.server.port)]);
}
