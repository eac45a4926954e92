// What a health check of the container asks a connector, which has nobody else to answer.
import { afterEach, expect, jest, test } from '@jest/globals';
import { freePort } from '@latchkey/testing/ports';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeServiceToken } from '@latchkey/access';
import { startConnectorProxy } from '../fixtures/connector-proxy.ts';
import { startService } from '../fixtures/service-process.ts';
import type { ServiceProcess } from '../fixtures/service-process.ts';

// Processes are started.
jest.setTimeout(30_000);

// In the image nothing around it says that it is a module.
const healthcheck = readFileSync(
  join(import.meta.dirname, '../../deploy/images/bin/healthcheck'),
  'utf8',
).replace(/^#!.*/, '');
const running: ServiceProcess[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.signal('SIGKILL');
    await one.ended;
  }
});

function connector(env: Record<string, string>): ServiceProcess {
  const started = startService('connector', {
    CONNECTOR_NAME: 'beside',
    CONNECTOR_URL: 'http://127.0.0.1:1',
    CONNECTOR_TOKEN: makeServiceToken('connector'),
    CONNECTOR_VERIFY: 'false',
    CONNECTOR_CONNECTIONS: '1',
    ...env,
  });
  running.push(started);
  return started;
}

async function ask(port: number): Promise<[status: number, body: string]> {
  const answer = await fetch(`http://127.0.0.1:${port}/ping`);
  return [answer.status, await answer.text()];
}

async function check(port: number): Promise<{ code: number; said: string }> {
  const env = { ...process.env, CONNECTOR_HEALTH_PORT: String(port) };
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=commonjs', '-e', healthcheck],
      { env },
    );
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, said: stdout };
  }
}

test('it is well once its target has been waited for, and as long as it has a connection', async () => {
  const [health, port] = [await freePort(), await freePort()];
  const proxy = await startConnectorProxy();
  const beside = connector({
    CONNECTOR_HEALTH_PORT: String(health),
    CONNECTOR_URL: `http://127.0.0.1:${proxy.port}`,
    CONNECTOR_TARGETS: `127.0.0.1:${port}`,
  });
  await beside.prints(/"msg":"the health port is open"/);
  expect(await ask(health)).toEqual([
    503,
    '{"ready":false,"connections":0,"why":"waiting for the targets"}\n',
  ]);
  const target = createServer((socket) => void socket.end());
  await once(target.listen(port, '127.0.0.1'), 'listening');
  await beside.listening;
  expect(await ask(health)).toEqual([200, '{"ready":true,"connections":1}\n']);
  expect(await check(health)).toEqual({ code: 0, said: `127.0.0.1:${health}/ping: 200\n` });
  expect((await fetch(`http://127.0.0.1:${health}/`)).status).toBe(404);
  await proxy.close();
  await beside.prints(/a connection to the proxy has ended/);
  expect(await ask(health)).toEqual([
    503,
    '{"ready":false,"connections":0,"why":"not connected to the proxy"}\n',
  ]);
  expect(await check(health)).toEqual({ code: 1, said: `127.0.0.1:${health}/ping: 503\n` });
  target.close();
});

test('a port that is taken ends the start, with what to write', async () => {
  const taken = createServer();
  await once(taken.listen(0, '127.0.0.1'), 'listening');
  const { port } = taken.address() as { port: number };
  const beside = connector({ CONNECTOR_HEALTH_PORT: String(port), CONNECTOR_TARGETS: '127.0.0.1:1' });
  expect(await beside.ended).toBe(1);
  expect(beside.output()).toContain(`CONNECTOR_HEALTH_PORT: ${port} is taken, write another port`);
  taken.close();
});
