// Every new route was a deployment: ten minutes, all WebSockets closed, and an edit that was wrong was found by a task that did
// not start.
import { afterAll, expect, test } from '@jest/globals';
import { startS3 } from '@latchkey/testing/s3';
import { request } from 'undici';
import { startLoneProxy } from '../fixtures/lone-proxy.ts';
import type { LoneProxy } from '../fixtures/lone-proxy.ts';
import { startRecorder } from '../fixtures/recorder.ts';

const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** A bucket for each test, and an application: they mostly wait, and do it side by side. */
async function startBucket() {
  const [s3, app] = [await startS3(), await startRecorder()];
  ends.push(
    () => s3.close(),
    () => app.close(),
  );
  const file = (...hosts: string[]) =>
    hosts
      .map(
        (host) =>
          `- {service: ${host}, default: {from: ${host}.test, to: 'http://127.0.0.1:${app.port}', options: {allowed_groups: [g], skip_auth_regex: ['^/']}}}\n`,
      )
      .join('');
  async function startProxy(): Promise<LoneProxy> {
    const proxy = await startLoneProxy({
      upstreamPort: app.port,
      env: {
        ...s3.environment,
        UPSTREAM_CONFIG: '',
        UPSTREAM_CONFIG_URL: 's3://config/upstreams.yml',
        UPSTREAM_CONFIG_LAST_GOOD: 's3://config/good/upstreams.yml',
      },
    });
    ends.push(() => proxy.stop());
    return proxy;
  }
  return { s3, file, startProxy };
}

async function statusOf({ port }: LoneProxy, host: string): Promise<number> {
  const { statusCode, body } = await request(`http://127.0.0.1:${port}/`, { headers: { host } });
  await body.dump();
  return statusCode;
}

test.concurrent(
  'a file that is uploaded is in force in every task within 30 s, and one with a mistake in none, not even a new one',
  async () => {
    const { s3, file, startProxy } = await startBucket();
    s3.put('upstreams.yml', file('one'));
    const first = await startProxy();
    const tasks = [first, await startProxy()];
    expect([await statusOf(first, 'one.test'), await statusOf(first, 'two.test')]).toEqual([200, 421]);

    const uploadedAt = Date.now();
    s3.put('upstreams.yml', file('one', 'two'));
    await Promise.all(
      tasks.map(({ process }) => process.prints(/"routes":2.*the upstream file was read again/)),
    );
    // Twice that, for a machine that is busy with other tests.
    expect(Date.now() - uploadedAt).toBeLessThan(60_000);
    for (const task of tasks) expect(await statusOf(task, 'two.test')).toBe(200);

    s3.put('upstreams.yml', `${file('one', 'two', 'three')}- {service: four, default: {from: four.test}}\n`);
    const bad = s3.versions('upstreams.yml').at(-1)?.id;
    for (const { process } of tasks) process.signal('SIGHUP');
    const refused = new RegExp(`"alarm":"upstream file".*"version":"${bad}".*the routes stay as they were`);
    await Promise.all(tasks.map(({ process }) => process.prints(refused)));
    const late = await startProxy();
    await late.process.prints(/"alarm":"last good","routes":2.*this task starts with the last good one/);
    for (const task of [...tasks, late]) {
      expect([await statusOf(task, 'two.test'), await statusOf(task, 'three.test')]).toEqual([200, 421]);
    }

    s3.put('upstreams.yml', file('one', 'two', 'three'));
    late.process.signal('SIGHUP');
    await late.process.prints(/"routes":3.*the upstream file was read again/);
    expect(await statusOf(late, 'three.test')).toBe(200);
    expect(first.process.output()).not.toContain(s3.fixedCredentials['AWS_SESSION_TOKEN']);
  },
  120_000,
);

test.concurrent(
  'a bucket that does not answer keeps a task no longer than it may, and takes no route away',
  async () => {
    const { s3, file, startProxy } = await startBucket();
    s3.put('upstreams.yml', file('one'));
    const proxy = await startProxy();
    s3.fail('upstreams.yml', 'silent');
    proxy.process.signal('SIGHUP');
    await proxy.process.prints(
      /"alarm":"upstream source".*did not answer within 10 s: the routes stay as they were/,
    );
    expect(await statusOf(proxy, 'one.test')).toBe(200);
  },
  120_000,
);
