import { startDevIdp } from '@latchkey/dev-idp';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { announcement } from './announcement.ts';
import { startDemoApps } from './apps/start.ts';
import { UserError } from './user-error.ts';
import { authAtTheProvider, serviceEnvironments, trustOfApps } from './environment.ts';
import { logRelay } from './logs.ts';
import { demoPorts, expectFree } from './ports.ts';
import { startService, untilReady } from './processes.ts';

const { env, stdout, stderr } = process;
const services = join(import.meta.dirname, '../../services');
const logs = logRelay(env['LATCHKEY_DEMO_LOG'] === '1', (text) => void stdout.write(text));

/** What was started so far, to be stopped in the opposite order. */
const closers: (() => Promise<void>)[] = [];

const stopAsked = Promise.withResolvers<void>();
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Not once: npm and its like pass a Ctrl-C on that we have had already.
  process.on(signal, () => {
    stopping = true;
    stopAsked.resolve();
  });
}

/** Starts everything, says so, and lasts until a service ends, which rejects. */
async function run(): Promise<void> {
  const ports = demoPorts(env['LATCHKEY_DEMO_PORT']);
  await expectFree(ports);

  const apps = await startDemoApps(trustOfApps(ports));
  closers.push(() => apps.close());
  const client = authAtTheProvider(ports);
  const idp = await startDevIdp({ port: ports.idp, clients: [client] });
  closers.push(() => idp.close());
  if (stopping) return;

  const environments = serviceEnvironments(ports, apps, idp, client, env['LATCHKEY_DEMO_PROVIDER']);
  const isConnected = Promise.withResolvers<void>();
  const running = (['auth', 'proxy', 'connector'] as const).map((name) => {
    const script = join(services, name, 'src/main.ts');
    return startService(name, script, environments[name], function said(text) {
      logs.line(name, text);
      if (name === 'connector' && text.includes('connected to the proxy')) isConnected.resolve();
    });
  });
  closers.push(async () => {
    await Promise.all(running.map((service) => service.stop()));
  });

  const ended = Promise.race(running.map((service) => service.ended));
  await Promise.race([
    ended,
    Promise.all([untilReady('auth', ports.auth), untilReady('proxy', ports.proxy), isConnected.promise]),
  ]);
  if (stopping) return;
  logs.started();
  stdout.write(announcement(ports, environments.botToken));
  await ended;
}

let exitCode = 0;
try {
  await Promise.race([run(), stopAsked.promise]);
} catch (error) {
  logs.explain();
  stderr.write(`${error instanceof UserError ? error.message : inspect(error)}\n`);
  exitCode = 1;
}
stopping = true;
for (const close of closers.toReversed()) await close();
process.exit(exitCode);
