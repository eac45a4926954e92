import '@latchkey/http/node-version';
import { listenError, refuseToStart, stopOnSignals, useOutgoingProxy } from '@latchkey/http';
import { release } from '@latchkey/http/release';
import { starting } from '@latchkey/admin';
import { createLog, createMetrics, openAudit } from '@latchkey/telemetry';
import { loadProxySettings, logFieldsOf, sentenceWithPage, sentenceOf } from '@latchkey/settings';
import { openAdminPort } from './admin/listen.ts';
import { startProxy } from './app.ts';
import type { RunningProxy } from './app.ts';
import { countReloads } from './telemetry/metrics.ts';
import { assertionWarnings } from './outgoing/assertion-warnings.ts';
import { createSigner } from './outgoing/signers/signer.ts';
import { inForce } from './upstream-file/in-force.ts';
import { createLiveCopy } from './upstream-file/live-copy.ts';
import { createLiveTable } from './upstream-file/live-table.ts';
import { fileInForce } from './upstream-file/file-in-force.ts';
import { readAtStart, sourceNameOf } from './upstream-file/start.ts';
import { createUpstreamStatus } from './upstream-file/status.ts';
import { watchUpstreams } from './upstream-file/watch-upstreams.ts';

const loaded = loadProxySettings(process.env);
if (!loaded.ok) refuseToStart('proxy', loaded.errors.map(sentenceWithPage));
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
if ('problems' in signing) {
  const refusals = signing.problems.map((problem) => sentenceWithPage({ ...problem, code: 'malformed' }));
  refuseToStart('proxy', refusals);
}
if (signing.signer.assertions === undefined) log.info('no assertions: ASSERTION_KEY is not set');
const start = await readAtStart(settings.upstream);
if ('errors' in start) refuseToStart('proxy', start.errors);
const { outcome, troubles, followed } = start;
const first = inForce(outcome);
const warningsOf = signing.signer.assertions === undefined ? assertionWarnings : () => [];
for (const warning of warnings) log.warn(logFieldsOf(warning), sentenceOf(warning));
for (const warning of [...outcome.warnings, ...warningsOf(outcome.table.routes)]) log.warn(warning);
for (const trouble of troubles) log.error(trouble);
const [trouble] = troubles;
if (trouble !== undefined) {
  log.error(
    { alarm: 'last good', ...first, problem: trouble },
    'the newest upstream file cannot be put in force: this task starts with the last good one',
  );
}

const audit = openAudit(settings.audit, { service: 'proxy', ...release, log });

try {
  const table = createLiveTable(outcome.table);
  const registry = createMetrics();
  const status = createUpstreamStatus({
    source: sourceNameOf(settings.upstream, followed),
    inForce: first,
    trouble,
  });
  countReloads(registry, status);
  const copy = createLiveCopy(settings.upstream, log);
  const taking = { upstream: settings.upstream, table, copy, status, warningsOf, audit, log };
  const { admin } = settings;
  let running: RunningProxy | undefined;
  if (admin !== undefined) {
    const readiness = () => running?.readiness() ?? starting;
    const file = () => fileInForce(status.current());
    await openAdminPort(admin, { settings, table, file, readiness, registry, log, audit }).catch(
      (error: unknown) => refuseToStart('proxy', [listenError(error, admin.port, admin.variable)]),
    );
  }
  const server = await startProxy({
    settings,
    table,
    signer: signing.signer,
    log,
    upstream: status.current,
    ...(audit !== undefined && { audit }),
    ...(admin !== undefined && { registry }),
  });
  running = server;
  const watch = watchUpstreams(settings.upstream, followed, taking);
  if (watch !== undefined) process.on('SIGHUP', () => watch.now());
  void server.waited.then((unanswered) => unanswered === undefined || refuseToStart('proxy', [unanswered]));
  stopOnSignals(server, log);
  log.info({ port: server.port, ...first, ...release }, server.ready() ? 'ready' : 'listening');
  void copy?.(outcome.bytes);
} catch (error) {
  refuseToStart('proxy', [listenError(error, settings.server.port)]);
}
