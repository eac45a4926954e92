// An upstream file in a bucket: what is uploaded comes into force, and what goes wrong on the way changes nothing and is said.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Watch } from '@latchkey/files';
import { loadProxySettings } from '@latchkey/settings';
import { minimalProxy, startUp } from '@latchkey/testing/environments';
import { startS3 } from '@latchkey/testing/s3';
import { useServers } from '@latchkey/testing/servers';
import type { S3Fault, S3Server } from '@latchkey/testing/s3';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { inForce } from './in-force.ts';
import { lastGoodAt } from './last-good.ts';
import { createLiveTable } from './live-table.ts';
import { readAtStart } from './start.ts';
import { createUpstreamStatus } from './status.ts';
import { watchUpstreams } from './watch-upstreams.ts';

type Line = { readonly msg: string; readonly alarm?: string; readonly [field: string]: unknown };

const routes = (...hosts: string[]) =>
  hosts
    .map(
      (host) =>
        `- {service: ${host}, default: {from: ${host}.test, to: app.test, options: {allowed_groups: [g]}}}\n`,
    )
    .join('');
const broken = `${routes('one')}- {service: two, default: {from: two.test}}\n`;

const { start } = useServers();

let s3: S3Server;
let folder = '';
let watches: Watch[] = [];
const usualEnvironment = { ...process.env };
// What the SDK loads takes a busy machine a while, and is loaded once.
beforeAll(() => import('@aws-sdk/client-s3'));
beforeEach(async () => {
  s3 = await startS3();
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  Object.assign(process.env, s3.environment);
  s3.put('upstreams.yml', routes('one'));
});
afterEach(async () => {
  for (const watch of watches.splice(0)) watch.close();
  process.env = { ...usualEnvironment };
  rmSync(folder, { recursive: true });
  await s3.close();
});
afterAll(() => {
  watches = [];
});

const version = (text: string, second: number) => ({
  bytes: Buffer.from(text),
  written: new Date(1_700_000_000_000 + second * 1_000),
  tag: undefined,
  version: text,
});

const settingsOf = (env: Record<string, string> = {}) =>
  startUp(
    loadProxySettings({
      ...minimalProxy(),
      UPSTREAM_SCHEME: 'http',
      UPSTREAM_CONFIG_URL: 's3://config/upstreams.yml',
      ...env,
    }),
  ).upstream;

/** A task, which looks for a new version as often as it can. */
async function startTask(env: Record<string, string> = {}) {
  const upstream = settingsOf(env);
  const start = await readAtStart(upstream);
  if ('errors' in start) throw new Error(start.errors.join('\n'));
  const { outcome, followed, troubles } = start;
  const lines: Line[] = [];
  const awaited = new Set<() => void>();
  const log = pino(
    { base: null, timestamp: false },
    {
      write(text) {
        lines.push(JSON.parse(text));
        for (const look of awaited) look();
      },
    },
  );
  const table = createLiveTable(outcome.table);
  const status = createUpstreamStatus({
    source: 'the bucket',
    inForce: inForce(outcome),
    trouble: troubles[0],
  });
  const taking = { upstream, table, status, warningsOf: () => [], log };
  const watch = watchUpstreams(upstream, followed, taking, () => 5);
  if (watch === undefined) throw new Error('nothing is followed');
  watches.push(watch);
  return {
    now: () => watch.now(),
    lines,
    troubles,
    state: status.current,
    hosts: () => table.current().routes.map(({ from }) => from),
    /** Resolves with the first line that says so. */
    says: (pattern: RegExp) =>
      new Promise<Line>((resolve) => {
        function look(): void {
          const found = lines.find(({ msg }) => pattern.test(msg));
          if (found === undefined) return;
          awaited.delete(look);
          resolve(found);
        }
        awaited.add(look);
        look();
      }),
  };
}

describe('while the proxy runs', () => {
  test('what is uploaded comes into force, and is named in the log and for operators as S3 names it', async () => {
    const task = await startTask();
    expect(task.hosts()).toEqual(['one.test']);
    s3.put('upstreams.yml', routes('one', 'two'), new Date('2026-10-01T08:00:00Z'));
    const [, newest] = s3.versions('upstreams.yml');
    expect(await task.says(/was read again/)).toMatchObject({
      routes: 2,
      version: newest?.id,
      written: '2026-10-01T08:00:00.000Z',
    });
    expect(task.hosts()).toEqual(['one.test', 'two.test']);
    expect(task.state()).toMatchObject({ inForce: { version: newest?.id }, isLastGood: false });
  });

  test('what has not changed is not sent again', async () => {
    await startTask();
    expect([await s3.next('upstreams.yml'), await s3.next('upstreams.yml')]).toEqual(['GET 304', 'GET 304']);
  });

  test.each([
    ['names no version', {}],
    ['sends all of it, whatever it is asked', { ETag: '"same"' }],
  ])('of a server that %s, only what has changed is looked at, or refused', async (_, headers) => {
    let text = routes('one');
    const asked = new EventEmitter();
    const { port } = await start({
      request(_req, res) {
        asked.emit('look');
        res.writeHead(200, headers).end(text);
      },
    });
    const task = await startTask({ UPSTREAM_CONFIG_URL: `http://127.0.0.1:${port}/` });
    for (let look = 0; look < 4; look++) await once(asked, 'look');
    expect(task.lines).toEqual([]);
    text = broken;
    await task.says(/has errors/);
    for (let look = 0; look < 4; look++) await once(asked, 'look');
    expect(task.lines.filter(({ alarm }) => alarm === 'upstream file')).toHaveLength(1);
    text = routes('one', 'two');
    await task.says(/was read again/);
  });

  test('a signal has it looked at whole, and at once', async () => {
    const task = await startTask();
    task.now();
    await task.says(/was read again/);
    expect(s3.asked('upstreams.yml').filter((answer) => answer === 'GET 200')).toHaveLength(2);
  });

  test('a version with an error changes nothing: it is an alarm, named with the first mistake, and read once', async () => {
    const task = await startTask();
    s3.put('upstreams.yml', broken);
    const [, bad] = s3.versions('upstreams.yml');
    expect(await task.says(/has errors: the routes stay as they were/)).toMatchObject({
      alarm: 'upstream file',
      refused: { version: bad?.id },
      problem: expect.stringMatching(/^s3:\/\/config\/upstreams\.yml:2:\d+ LK\d+ missing `to`/),
    });
    expect(task.state().trouble?.why).toMatch(/missing `to`/);
    await s3.next('upstreams.yml');
    expect([await s3.next('upstreams.yml'), task.hosts()]).toEqual(['GET 304', ['one.test']]);
    expect(task.lines.filter(({ alarm }) => alarm === 'upstream file')).toHaveLength(1);

    s3.put('upstreams.yml', routes('one', 'mended'));
    await task.says(/was read again/);
    expect(task.state().trouble).toBeUndefined();
  });

  test('one that is cut short without an error is refused, too, as with a file', async () => {
    s3.put('upstreams.yml', routes('one', 'two', 'three'));
    const task = await startTask();
    s3.put('upstreams.yml', routes('one'));
    await task.says(/loses too much at once/);
    expect(task.hosts()).toHaveLength(3);
  });

  test.each<[string, S3Fault | 'removed' | 'forbidden', RegExp]>([
    ['answers 503', 503, /was not given \(503/],
    ['sends half of it and breaks off', 'half', /broke off before its end/],
    ['does not say how long it is', 'without length', /without Content-Length: it may be half of it/],
    ['has it no longer', 'removed', /is not there \(404 NoSuchKey\)/],
    [
      'refuses it',
      'forbidden',
      /refused \(403 AccessDenied\).*s3:GetObject on arn:aws:s3:::config\/upstreams\.yml/,
    ],
  ])('a source that %s changes nothing; twice in a row is an alarm, which ends', async (_, fault, why) => {
    const task = await startTask();
    s3.put('upstreams.yml', routes('one', 'two'));
    const there = routes('one', 'two');
    if (fault === 'removed') s3.remove('upstreams.yml');
    else if (fault === 'forbidden') s3.forbid('GET', 'upstreams.yml');
    else s3.fail('upstreams.yml', fault);
    const alarm = await task.says(/the routes stay as they were/);
    expect(alarm).toMatchObject({ alarm: 'upstream source', msg: expect.stringMatching(why) });
    expect(task.state().trouble?.why).toMatch(why);

    s3.fail('upstreams.yml', undefined);
    s3.allow('GET', 'upstreams.yml');
    if (fault === 'removed') s3.put('upstreams.yml', there);
    await task.says(/can be read again/);
    await task.says(/was read again/);
    expect(task.lines.filter((line) => line.alarm === 'upstream source')).toHaveLength(1);
    expect(task.hosts()).toEqual(['one.test', 'two.test']);
  });

  test('the credentials of a role that end are followed by new ones', async () => {
    const task = await startTask();
    s3.endCredentials();
    s3.put('upstreams.yml', routes('one', 'two'));
    await task.says(/was read again/);
    expect(task.lines.filter(({ alarm }) => alarm !== undefined)).toEqual([]);
  });

  test('credentials that end and have no successor are named as the reason, and never shown', async () => {
    const credentials = s3.fixedCredentials;
    Object.assign(process.env, credentials);
    const task = await startTask();
    s3.endCredentials();
    await task.says(/\(400 ExpiredToken\): the credentials of the task are over/);
    for (const secret of Object.values(credentials)) expect(JSON.stringify(task.lines)).not.toContain(secret);
  });
});

describe('the last good version', () => {
  const inBucket = { UPSTREAM_CONFIG_LAST_GOOD: 's3://config/good/upstreams.yml' };

  test.each([
    ['in the bucket', inBucket, () => s3.versions('good/upstreams.yml').at(-1)?.text],
    ['at a path', {}, () => readFileSync(join(folder, 'good.yml'), 'utf8')],
  ])(
    'is kept %s, and a task that starts while the newest is bad starts with it and says so',
    async (_, env, kept) => {
      const place = { UPSTREAM_CONFIG_LAST_GOOD: join(folder, 'good.yml'), ...env };
      const first = await startTask(place);
      await first.says(/was kept as the last good one/);
      s3.put('upstreams.yml', broken);
      await first.says(/has errors/);
      expect(kept()).toBe(routes('one'));

      const second = await startTask(place);
      expect(second.hosts()).toEqual(['one.test']);
      expect(second.troubles[0]).toMatch(/upstreams\.yml:2:\d+ LK\d+ missing `to`/);
      expect(second.state()).toMatchObject({ isLastGood: true, trouble: { why: second.troubles[0] } });
      expect(kept()).toBe(routes('one'));

      s3.put('upstreams.yml', routes('one', 'mended'));
      // The first may have kept it already.
      await second.says(/was kept as the last good one|is as new as the one in force/);
      expect(second.state()).toMatchObject({ isLastGood: false });
      expect(kept()).toBe(routes('one', 'mended'));
    },
  );

  test('is what a task starts with while the bucket has no upstream file, or an empty one', async () => {
    s3.put('good/upstreams.yml', routes('one'));
    s3.remove('upstreams.yml');
    const without = await startTask(inBucket);
    expect(without.troubles).toEqual([expect.stringMatching(/^UPSTREAM_CONFIG_URL: .* is not there/)]);
    s3.put('upstreams.yml', '');
    const emptied = await startTask(inBucket);
    expect(emptied.troubles).toEqual([expect.stringContaining('1 of 1 routes would be removed')]);
    expect(emptied.hosts()).toEqual(['one.test']);
    const meant = await startTask({ ...inBucket, UPSTREAM_RELOAD_ALLOW_LOSS: 'true' });
    expect(meant.hosts()).toEqual([]);
  });

  describe.each([
    ['in the bucket', () => ({ kind: 's3', bucket: 'config', key: 'good/upstreams.yml' }) as const],
    ['at a path', () => ({ kind: 'path', path: join(folder, 'good.yml') }) as const],
  ])('%s', (_, place) => {
    test('is never replaced by an older one, however late a task comes with it, or while others write', async () => {
      const lastGood = lastGoodAt(place());
      const kept = async () => Buffer.from((await lastGood.read())?.bytes ?? []).toString();
      await lastGood.keep(version('second', 2));
      expect(await lastGood.keep(version('first', 1))).toBe(false);
      expect(await kept()).toBe('second');

      await Promise.all([5, 3, 4].map((second) => lastGood.keep(version(`${second}`, second))));
      expect(await kept()).toBe('5');
      expect(readdirSync(folder).filter((name) => name !== 'good.yml')).toEqual([]);
    });

    test('with a date that is still to come keeps no later version out', async () => {
      const lastGood = lastGoodAt(place());
      const inAYear = (Date.now() - 1_700_000_000_000) / 1_000 + 365 * 24 * 3_600;
      await lastGood.keep(version('of a wrong clock', inAYear));
      expect(await lastGood.keep(version('next', 2))).toBe(true);
      expect(await lastGood.keep(version('one before', 1))).toBe(false);
    });
  });

  test('is written at a path by one process at a time, and what one left behind that died counts for a minute', async () => {
    const path = join(folder, 'good.yml');
    const lastGood = lastGoodAt({ kind: 'path', path });
    writeFileSync(`${path}.lock`, '');
    await expect(lastGood.keep(version('first', 1))).rejects.toThrow(`another task holds ${path}.lock`);
    const before = new Date(Date.now() - 61_000);
    utimesSync(`${path}.lock`, before, before);
    expect(await lastGood.keep(version('first', 1))).toBe(true);
  });

  test('never goes back while two tasks write to one path', async () => {
    const path = join(folder, 'good.yml');
    const script = `import { lastGoodAt } from ${JSON.stringify(join(import.meta.dirname, 'last-good.ts'))};
const [path, first] = process.argv.slice(1);
const lastGood = lastGoodAt({ kind: 'path', path });
let seen = 0;
console.log('ready');
for await (const _ of process.stdin);
for (let second = Number(first); second < 200; second += 2) {
  await lastGood.keep({ bytes: Buffer.from(String(second)), written: new Date(1.7e12 + second * 1e3), version: 'v' });
  const there = Number(Buffer.from((await lastGood.read()).bytes));
  if (there < second || there < seen) throw new Error(there + ' after ' + second + ' and ' + seen);
  seen = there;
}
`;
    const node = ['--conditions=@latchkey/source', '--input-type=module', '-e', script, path];
    const tasks = ['0', '1'].map((first) => spawn(process.execPath, [...node, first], { stdio: 'pipe' }));
    await Promise.all(tasks.map(({ stdout }) => once(stdout, 'data')));
    for (const { stdin } of tasks) stdin.end();
    const said = await Promise.all(
      tasks.map((task) => Promise.all([text(task.stderr), once(task, 'close')])),
    );
    expect(said).toEqual([
      ['', [0, null]],
      ['', [0, null]],
    ]);
    expect(readFileSync(path, 'utf8')).toBe('199');
  });

  test('that cannot be kept is an alarm, names the right that is missing, and stops nothing', async () => {
    s3.forbid('PUT', 'good/upstreams.yml');
    const task = await startTask(inBucket);
    expect(await task.says(/is not kept/)).toMatchObject({
      alarm: 'last good',
      msg: expect.stringContaining('s3:PutObject on arn:aws:s3:::config/good/upstreams.yml'),
    });
    s3.put('upstreams.yml', routes('one', 'two'));
    await task.says(/was read again/);
    s3.allow('PUT', 'good/upstreams.yml');
    await task.says(/was kept as the last good one/);
  });

  test('is kept where a role may not ask whether there is one yet', async () => {
    s3.forbid('GET', 'good/upstreams.yml');
    const task = await startTask(inBucket);
    await task.says(/was kept as the last good one/);
  });
});

describe('a start is refused, with every reason', () => {
  test.each([
    [
      'a file with an error',
      {},
      () => s3.put('upstreams.yml', broken),
      /upstreams\.yml:2:\d+ LK\d+ missing `to`/,
    ],
    [
      'a bucket without it',
      {},
      () => s3.remove('upstreams.yml'),
      /^UPSTREAM_CONFIG_URL: s3:\/\/config\/upstreams\.yml is not there/,
    ],
    [
      'no last good one yet',
      { UPSTREAM_CONFIG_LAST_GOOD: 's3://config/good' },
      () => s3.remove('upstreams.yml'),
      /is not there[^]*UPSTREAM_CONFIG_LAST_GOOD: s3:\/\/config\/good holds nothing yet/,
    ],
    [
      'a last good one that has errors by now',
      { UPSTREAM_CONFIG_LAST_GOOD: 's3://config/good' },
      () => {
        s3.put('good', broken);
        s3.remove('upstreams.yml');
      },
      /is not there[^]*s3:\/\/config\/good:2:\d+ LK\d+ missing `to`/,
    ],
    [
      'no credentials',
      {},
      () => {
        delete process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
        writeFileSync(join(folder, 'none'), '');
        const file = join(folder, 'none');
        Object.assign(process.env, { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: file });
      },
      /the task has no AWS credentials: give its task definition a task role/,
    ],
    [
      'no region',
      {},
      () => {
        delete process.env['AWS_REGION'];
        Object.assign(process.env, { AWS_CONFIG_FILE: join(folder, 'none') });
      },
      /write the AWS region of the task into AWS_REGION/,
    ],
  ])('%s', async (_, env, spoil, sentence) => {
    spoil();
    const start = await readAtStart(settingsOf(env));
    expect('errors' in start && start.errors.join('\n')).toMatch(sentence);
  });
});
