// Three tasks of the proxy behind nginx and two connectors, while each of them is killed, stopped and replaced under load.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '@latchkey/testing/ports';
import { findProgram } from '@latchkey/testing/programs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBalancer } from '../faults/balancer.ts';
import type { Balancer } from '../faults/balancer.ts';
import { startTask } from '../faults/task.ts';
import type { Task } from '../faults/task.ts';
import { connectorAccess, connectorsHost, until } from '../fixtures/connector.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { askSteadily } from '../fixtures/steady-requests.ts';
import type { FailedRequest } from '../fixtures/steady-requests.ts';
import { useStack } from '../fixtures/use-stack.ts';

const nginx = findProgram('nginx');
const authHost = 'sso.latchkey.localhost';
const host = 'intranet.latchkey.localhost';
const { token, lines, assertionKey } = connectorAccess();
const [front = 0, p1 = 0, p2 = 0, p3 = 0, s1 = 0, s2 = 0, s3 = 0] = await freePorts(7);
const proxyPorts = [p1, p2, p3];
const siblingPorts = [s1, s2, s3];
// What is killed is noticed as fast as its connections close.
const noticedWithinMs = 250;

const the = useStack({ frontPort: front, authEnv: { ASSERTION_KEY: assertionKey } });

function proxyEnv(at: number): Record<string, string> {
  const { stack } = the;
  return {
    SERVER_ADDRESS: '127.0.0.1',
    SERVER_PORT: String(proxyPorts[at]),
    SERVER_TRUSTED_PROXIES: '127.0.0.1',
    SERVER_PUBLIC_PORTS: String(front),
    SERVER_TIMEOUT_DRAIN: '2s',
    SESSION_COOKIE_SECRET: stack.proxySettings.session.cookie.secrets[0],
    SESSION_COOKIE_DOMAIN: 'latchkey.localhost',
    SESSION_COOKIE_SECURE: 'false',
    PROVIDER_URL_EXTERNAL: `http://${authHost}:${front}`,
    PROVIDER_URL_INTERNAL: `http://127.0.0.1:${stack.ports.auth}`,
    CLIENT_ID: 'proxy',
    CLIENT_SECRET: stack.serviceSecret,
    ASSERTION_KEY: assertionKey,
    UPSTREAM_SCHEME: 'http',
    UPSTREAM_CONFIG: `${lines}
services:
- service: intranet
  default: {from: ${host}, to: 'http://127.0.0.1:${stack.app.port}', options: {via: beside, allowed_email_domains: [example.com]}}
`,
    CONNECTORS_HOST: connectorsHost,
    CONNECTORS_PORT: String(siblingPorts[at]),
    CONNECTORS_SIBLINGS: siblingPorts.map((port) => `127.0.0.1:${port}`).join(),
  };
}

const connectorEnv = () => ({
  CONNECTOR_NAME: 'beside',
  CONNECTOR_URL: `http://${connectorsHost}:${front}`,
  CONNECTOR_TOKEN: token,
  CONNECTOR_TARGETS: `http://${host}:${front}=127.0.0.1:${the.stack.app.port}`,
  CONNECTOR_AUTH_URL: `http://${authHost}:${front}`,
  CONNECTOR_AUTH_URL_INTERNAL: `http://127.0.0.1:${the.stack.ports.auth}`,
});

let proxies: readonly [Task, Task, Task];
const connectors: Task[] = [];
let folder: string;
let balancer: Balancer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-three-'));
  const start = (at: number) =>
    startTask(`proxy ${at}`, { service: 'proxy' }, { port: proxyPorts[at] ?? 0, env: proxyEnv(at) });
  proxies = await Promise.all([start(0), start(1), start(2)]);
  balancer = await startBalancer(nginx ?? '', {
    folder,
    port: front,
    authHost,
    auth: [the.stack.ports.auth],
    proxy: proxyPorts,
    triesNext: true,
  });
}, 60_000);
afterAll(async () => {
  await Promise.all([...proxies, ...connectors].map((task) => task.kill()));
  await balancer.close();
  rmSync(folder, { recursive: true });
});

async function connector(name: string): Promise<Task> {
  const started = await startTask(name, { service: 'connector' }, { port: 0, env: connectorEnv() });
  connectors.push(started);
  return started;
}

/** How many tasks of the proxy a connector is connected to, by what it has logged since it was started. */
function tasksOf(connector: Task): number {
  const held = new Map<string, number>();
  const life = connector.output().split('"msg":"started"').at(-1) ?? '';
  for (const line of life.matchAll(/^\{.*"task":.*\}$/gm)) {
    const { msg, task } = JSON.parse(line[0]) as { msg: string; task: string };
    held.set(task, (held.get(task) ?? 0) + (msg === 'connected to the proxy' ? 1 : -1));
  }
  return [...held.values()].filter((count) => count > 0).length;
}

(nginx === undefined ? test.skip : test)(
  'no request fails but those in flight on a killed process, and none that changes something is made twice',
  async () => {
    const [one, two] = [await connector('connector 1'), await connector('connector 2')];
    const address = `http://${host}:${front}/`;
    const browser = await the.signedIn('engineer@example.com', address);
    the.stack.app.received.length = 0;
    const load = askSteadily(new URL(address), await cookieHeader(browser, address));
    const killed: number[] = [];
    async function kill(task: Task): Promise<void> {
      await task.kill();
      killed.push(performance.now());
    }
    async function underLoad(): Promise<void> {
      const enough = load.count() + 200;
      await until(() => load.count() >= enough, 'two hundred requests more');
    }
    const areComplete = () =>
      until(() => tasksOf(one) === 3 && tasksOf(two) === 3, 'a connection of each to each task');
    const [first, second, third] = proxies;
    await underLoad();
    await areComplete();
    for (const step of [
      () => kill(first),
      () => first.startAgain(),
      () => second.stop(),
      () => second.startAgain(),
      () => kill(one),
      () => one.startAgain(),
      () => two.stop(),
      () => two.startAgain(),
      () => Promise.all([third.stop(), one.stop()]),
      () => Promise.all([third.startAgain(), one.startAgain()]),
    ]) {
      await step();
      await underLoad();
    }
    await areComplete();
    await load.stop();
    const wasInFlight = ({ at, endedAt }: FailedRequest) =>
      killed.some((moment) => at < moment + noticedWithinMs && endedAt > moment - noticedWithinMs);
    expect(load.failed.filter((failure) => !wasInFlight(failure))).toEqual([]);
    const written = the.stack.app.received.filter(({ method }) => method === 'POST');
    expect(written.length).toBe(new Set(written.map(({ target }) => target)).size);
    expect([...proxies, one, two].map((task) => task.ended())).toEqual([0, 0, 0, 0, 0]);
  },
  180_000,
);
