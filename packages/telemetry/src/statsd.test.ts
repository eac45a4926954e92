import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { startStatsd } from './statsd.ts';
import type { Statsd, StatsdOptions } from './statsd.ts';

const here = { address: '127.0.0.1', family: 4 };
const warn = jest.fn();
const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');
const testWithIPv6 = hasIPv6 ? test : test.skip;
const agents: Socket[] = [];
const clients: Statsd<string>[] = [];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  warn.mockReset();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  for (const agent of agents.splice(0)) agent.close();
  jest.useRealTimers();
});

async function startAgent(address = '127.0.0.1', port = 0): Promise<Socket> {
  const agent = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  agents.push(agent);
  agent.bind(port, address);
  await once(agent, 'listening');
  return agent;
}

async function start(agent: Socket, options: Partial<StatsdOptions> = {}): Promise<Statsd<string>> {
  const client = startStatsd<string>({
    host: 'agent.example.com',
    port: agent.address().port,
    namespace: 'sso_proxy.',
    constantTag: 'service:sso_proxy',
    log: { warn },
    lookUp: () => Promise.resolve(here),
    ...options,
  });
  clients.push(client);
  await lookedUp();
  return client;
}

/** The look-up is a few turns of promises. */
async function lookedUp(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
}

async function nextPacket(agent: Socket): Promise<string[]> {
  const [packet] = (await once(agent, 'message')) as [Buffer];
  return packet.toString().split('\n');
}

describe('StatsD', () => {
  test('sends several lines in one packet, a little later', async () => {
    const agent = await startAgent();
    const client = await start(agent);
    client.timing('a', 1.5, { x: 'y' });
    client.count('b', {});
    client.gauge('c', 7, {});
    const packet = nextPacket(agent);
    jest.advanceTimersByTime(200);
    expect(await packet).toEqual([
      'sso_proxy.a:1.5|ms|#service:sso_proxy,x:y',
      'sso_proxy.b:1|c|#service:sso_proxy',
      'sso_proxy.c:7|g|#service:sso_proxy',
    ]);
  });

  test('sends at once what would not fit into one packet any more', async () => {
    const agent = await startAgent();
    const client = await start(agent);
    const packet = nextPacket(agent);
    for (let n = 0; n < 50; n++) client.count('some.name', { n });
    const lines = await packet;
    expect(lines.length).toBeGreaterThan(10);
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(1432);
  });

  test('sends the rest when it is closed, and nothing after', async () => {
    const agent = await startAgent();
    const client = await start(agent);
    client.count('last', {});
    const packet = nextPacket(agent);
    await client.close();
    client.count('later', {});
    await client.close();
    expect(await packet).toEqual(['sso_proxy.last:1|c|#service:sso_proxy']);
    expect(jest.getTimerCount()).toBe(0);
  });

  testWithIPv6('speaks to an agent with an IPv6 address', async () => {
    const agent = await startAgent('::1');
    const client = await start(agent, { lookUp: () => Promise.resolve({ address: '::1', family: 6 }) });
    client.count('a', {});
    const packet = nextPacket(agent);
    jest.advanceTimersByTime(200);
    expect(await packet).toHaveLength(1);
  });
});

describe('a host that cannot be looked up', () => {
  test('is one warning, and is looked up again', async () => {
    const agent = await startAgent();
    const lookUp = jest.fn<NonNullable<StatsdOptions['lookUp']>>();
    lookUp.mockRejectedValue(new Error('getaddrinfo ENOTFOUND agent.example.com'));
    const client = await start(agent, { lookUp });
    for (let minute = 0; minute < 3; minute++) {
      client.count('lost', {});
      jest.advanceTimersByTime(60_000);
      await lookedUp();
    }
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toEqual({ detail: 'getaddrinfo ENOTFOUND agent.example.com' });

    lookUp.mockResolvedValue(here);
    jest.advanceTimersByTime(60_000);
    await lookedUp();
    client.count('found', {});
    const packet = nextPacket(agent);
    jest.advanceTimersByTime(200);
    expect(await packet).toEqual(['sso_proxy.found:1|c|#service:sso_proxy']);
  });

  test('keeps the address that it had', async () => {
    const agent = await startAgent();
    const lookUp = jest.fn<NonNullable<StatsdOptions['lookUp']>>();
    lookUp.mockResolvedValueOnce(here).mockRejectedValue(new Error('SERVFAIL'));
    const client = await start(agent, { lookUp });
    jest.advanceTimersByTime(60_000);
    await lookedUp();
    client.count('still', {});
    const packet = nextPacket(agent);
    jest.advanceTimersByTime(200);
    expect(await packet).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  test('holds no stop up, however long the look-up takes', async () => {
    const agent = await startAgent();
    const client = await start(agent, { lookUp: () => new Promise(() => undefined) });
    client.count('lost', {});
    await client.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});

testWithIPv6('an agent that has moved is sent to at its new address', async () => {
  const before = await startAgent();
  const lookUp = jest.fn<NonNullable<StatsdOptions['lookUp']>>();
  lookUp.mockResolvedValueOnce(here).mockResolvedValue({ address: '::1', family: 6 });
  const moved = await startAgent('::1', before.address().port);

  const client = await start(before, { lookUp });
  client.count('a', {});
  const first = nextPacket(before);
  jest.advanceTimersByTime(200);
  expect(await first).toHaveLength(1);
  jest.advanceTimersByTime(60_000);
  await lookedUp();
  client.count('b', {});
  const second = nextPacket(moved);
  jest.advanceTimersByTime(200);
  expect(await second).toEqual(['sso_proxy.b:1|c|#service:sso_proxy']);
});

test('a port where nobody listens is no error', async () => {
  const closed = await startAgent();
  const { port } = closed.address();
  closed.close();
  agents.pop();
  const agent = await startAgent();
  const client = await start(agent, { port });
  for (let n = 0; n < 500; n++) client.count('lost', { n });
  await client.close();
  expect(warn).not.toHaveBeenCalled();
});
