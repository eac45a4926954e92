import '@latchkey/http/node-version';
import { listenError, refuseToStart } from '@latchkey/http';
import { release } from '@latchkey/http/release';
import { loadConnectorSettings, logFieldsOf, sentenceWithPage, sentenceOf } from '@latchkey/settings';
import { createLog } from '@latchkey/telemetry';
import { startConnector } from './app.ts';
import type { RunningConnector } from './app.ts';
import { readAuthorities } from './authorities.ts';
import { openHealth } from './health.ts';
import { readRule } from './verify/rule.ts';
import { waitForTarget } from './wait-for.ts';

const loaded = loadConnectorSettings(process.env);
if (!loaded.ok) refuseToStart('connector', loaded.errors.map(sentenceWithPage));
const { settings, warnings } = loaded;
const rule = settings.allowIf === undefined ? undefined : readRule(settings.allowIf);
if (typeof rule === 'string') {
  const problem = { variable: 'CONNECTOR_ALLOW_IF', code: 'malformed', message: rule } as const;
  refuseToStart('connector', [sentenceWithPage(problem)]);
}
const authorities = settings.caFile === undefined ? undefined : readAuthorities(settings.caFile);
if (typeof authorities === 'string') refuseToStart('connector', [authorities]);
const log = createLog({ service: 'connector', level: settings.level });
for (const warning of warnings) log.warn(logFieldsOf(warning), sentenceOf(warning));

let connector: RunningConnector | undefined;
const { healthPort } = settings;
if (healthPort !== undefined) {
  await openHealth(healthPort, () => connector?.connections()).catch((error: unknown) =>
    refuseToStart('connector', [listenError(error, healthPort, 'CONNECTOR_HEALTH_PORT')]),
  );
  log.info({ port: healthPort }, 'the health port is open');
}

const waited = await Promise.all(
  settings.targets.map(({ target }) => waitForTarget(target, settings.waitMs, authorities)),
);
const unanswered = waited.filter((why) => why !== undefined);
if (unanswered.length > 0) refuseToStart('connector', unanswered);

connector = startConnector({ settings, rule, authorities, log });
log.info({ name: settings.name, ...release }, 'started');

async function stop(signal: NodeJS.Signals): Promise<void> {
  log.info({ signal }, 'stopping');
  await connector?.stop();
  log.info('stopped');
  process.exit(0);
}
process.once('SIGTERM', (signal) => void stop(signal));
process.once('SIGINT', (signal) => void stop(signal));
