import { findProgram } from '@latchkey/testing/programs';
import { startRedis } from '@latchkey/testing/redis';
import type { RunningRedis } from '@latchkey/testing/redis';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@latchkey/testing/ports';
import { startBalancer } from './balancer.ts';
import type { Balancer } from './balancer.ts';
import { authHost, environments, slug } from './environments.ts';
import { startRelay } from './relay.ts';
import type { Relay } from './relay.ts';
import { startTask } from './task.ts';
import type { Task } from './task.ts';

/** An installation in real processes: two tasks of each service behind a balancer, two connectors, Redis, a provider and an application. */
export type World = {
  readonly auth: readonly [Task, Task];
  readonly proxy: readonly [Task, Task];
  readonly provider: Task;
  readonly application: Task;
  /** beside the application, which is reached through them under one of its names */
  readonly connectors: readonly [Task, Task];
  readonly redis: RunningRedis;
  readonly balancer: Balancer;
  /** between proxies and auth's balancer, auth and Redis, everybody and the provider, connectors and the proxy's balancer */
  readonly between: {
    readonly auth: Relay;
    readonly redis: Relay;
    readonly provider: Relay;
    readonly connector: Relay;
  };
  readonly tasks: readonly Task[];
  /** an address at the balancer */
  url(host: string, target?: string): string;
  authUrl(target: string): string;
  close(): Promise<void>;
};

/** What is not installed of what it takes. */
export function missing(): readonly string[] {
  const needed: [name: string, path: string | undefined][] = [
    ['redis-server', findProgram('redis-server', 'valkey-server')],
    ['nginx', findProgram('nginx')],
  ];
  return needed.filter(([, path]) => path === undefined).map(([name]) => name);
}

/** Starts everything, from what lies furthest behind; ends what it has started where that fails. */
export async function startWorld(): Promise<World> {
  const ends: (() => Promise<unknown>)[] = [];
  async function close(): Promise<void> {
    for (const end of ends.splice(0).toReversed()) await end();
  }
  try {
    return { ...(await start((end) => void ends.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(atTheEnd: (end: () => Promise<unknown>) => void): Promise<Omit<World, 'close'>> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-faults-'));
  atTheEnd(async () => rmSync(folder, { recursive: true }));
  const ports = await freePorts(14);
  const [front = 0, auth1 = 0, auth2 = 0, proxy1 = 0, proxy2 = 0] = ports;
  const [toAuth = 0, toRedis = 0, toProvider = 0, providerPort = 0, applicationPort = 0] = ports.slice(5);
  const [toProxy = 0, databasePort = 0, ...siblings] = ports.slice(10);
  const env = environments({
    front,
    auth: auth1,
    toAuth,
    toRedis,
    toProvider,
    toProxy,
    applicationPort,
    databasePort,
  });

  async function relay(from: number, to: number): Promise<Relay> {
    const started = await startRelay(from, to);
    atTheEnd(() => started.close());
    return started;
  }
  async function task(...args: Parameters<typeof startTask>): Promise<Task> {
    const started = await startTask(...args);
    atTheEnd(() => started.kill());
    return started;
  }
  const service = (kind: 'auth' | 'proxy', which: number, port: number) =>
    task(
      `${kind} ${which}`,
      { service: kind },
      { port, env: { ...env[kind], SERVER_PORT: String(port), ...(kind === 'proxy' && known(which)) } },
    );
  const known = (which: number) => ({
    CONNECTORS_PORT: String(siblings[which - 1]),
    CONNECTORS_SIBLINGS: siblings.map((port) => `127.0.0.1:${port}`).join(),
  });
  const connector = (which: number) =>
    task(`connector ${which}`, { service: 'connector' }, { port: 0, env: env.connector });

  // It is made to load what it has by a command for that.
  const redis = await startRedis('--enable-debug-command', 'yes');
  atTheEnd(() => redis.close());
  const between = {
    auth: await relay(toAuth, front),
    redis: await relay(toRedis, redis.port),
    provider: await relay(toProvider, providerPort),
    connector: await relay(toProxy, front),
  };
  const provider = await task('provider', script('provider'), {
    port: providerPort,
    env: { ...env.provider, PORT: String(providerPort), JOURNAL: join(folder, 'provider') },
  });
  const application = await task('application', script('application'), {
    port: applicationPort,
    env: { PORT: String(applicationPort), TCP_PORT: String(databasePort) },
  });
  const auth = await Promise.all([service('auth', 1, auth1), service('auth', 2, auth2)]);
  const proxy = await Promise.all([service('proxy', 1, proxy1), service('proxy', 2, proxy2)]);
  const balancer = await startBalancer(findProgram('nginx') ?? '', {
    folder,
    port: front,
    authHost,
    auth: [auth1, auth2],
    proxy: [proxy1, proxy2],
  });
  atTheEnd(() => balancer.close());
  const connectors = await Promise.all([connector(1), connector(2)]);

  return {
    auth,
    proxy,
    provider,
    application,
    connectors,
    redis,
    balancer,
    between,
    tasks: [...auth, ...proxy, ...connectors, provider, application],
    url: (host, target = '/') => `http://${host}:${front}${target}`,
    authUrl: (target) => `http://${authHost}:${front}/${slug}${target}`,
  };
}

const script = (name: string) => ({ script: join(import.meta.dirname, `${name}.ts`) });
