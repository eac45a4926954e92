import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createReloadMetrics } from '../record/metrics.ts';
import { createLiveTable } from './live-table.ts';
import { readUpstreams } from './read.ts';
import { createReload } from './reload.ts';
import { watchFile } from './watch.ts';
import type { Watch } from './watch.ts';

const line = (host: string, group: string) =>
  `- {service: ${host}, default: {from: ${host}.test, to: app.test, options: {allowed_groups: [${group}]}}}\n`;

let folder = '';
let file = '';
let watch: Watch | undefined;
let lines: string[] = [];
const log = pino({ base: null, timestamp: false }, { write: (text) => void lines.push(text) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  file = join(folder, 'upstreams.yml');
  writeFileSync(file, line('one', 'g'));
  lines = [];
});
afterEach(() => {
  watch?.close();
  rmSync(folder, { recursive: true });
});

function start() {
  const defaults = {
    emailDomains: [],
    emailAddresses: [],
    groups: [],
    timeoutMs: 1,
    resetDeadlineMs: 1,
    provider: 'google',
  };
  const upstream = {
    configFile: file,
    cluster: '',
    scheme: 'https' as const,
    defaults,
    allowLocalTargets: false,
    templateVariables: {},
  };
  const first = readUpstreams(upstream);
  if (first.table === undefined) throw new Error(first.errors.join());
  const table = createLiveTable(first.table);
  const registry = new Registry();
  const metrics = createReloadMetrics(registry, 1);
  const outcomes: ((outcome: 'read' | 'refused') => void)[] = [];
  const reload = createReload({
    upstream,
    table,
    log,
    metrics: {
      succeeded(routes) {
        metrics.succeeded(routes);
        outcomes.shift()?.('read');
      },
      failed() {
        metrics.failed();
        outcomes.shift()?.('refused');
      },
    },
  });
  watch = watchFile(file, 10, reload);
  return {
    reload,
    table,
    registry,
    hosts: () => table.current().routes.map(({ from }) => from),
    next: () => new Promise<'read' | 'refused'>((resolve) => outcomes.push(resolve)),
  };
}

describe('while the proxy runs', () => {
  test('a file that is written to is read again', async () => {
    const { hosts, next } = start();
    writeFileSync(file, line('one', 'g') + line('two', 'g'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['one.test', 'two.test']);
  });

  test('a symbolic link that is swapped is followed, as Kubernetes swaps it', async () => {
    for (const [version, host] of [
      ['v1', 'one'],
      ['v2', 'two'],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'upstreams.yml'), line(host, 'g'));
    }
    symlinkSync('v1', join(folder, '..data'));
    rmSync(file);
    symlinkSync(join('..data', 'upstreams.yml'), file);
    const { hosts, next } = start();
    symlinkSync('v2', join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['two.test']);
  });

  test.each([
    ['that vanishes', () => rmSync(file), 'cannot be read'],
    [
      'without a rule',
      () => writeFileSync(file, '- {service: a, default: {from: a.test, to: b.test}}'),
      ':1:',
    ],
    ['that is no YAML', () => writeFileSync(file, '- {service: [\n'), ':'],
    ['with a NUL', () => writeFileSync(file, `${line('one', 'g')}\0`), ':'],
    ['that is not UTF-8', () => writeFileSync(file, Buffer.from([0x2d, 0x20, 0xff, 0xfe])), 'UTF-8'],
    ['of ten mebibytes', () => truncateSync(file, 10 * 1024 * 1024), '4 MiB'],
    [
      'of anchors that expand without end',
      () =>
        writeFileSync(
          file,
          `a0: &a0 [x]\n${Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}]`).join('\n')}\n`,
        ),
      ':',
    ],
  ])('a file %s changes nothing, and the log says where', async (_, spoil, said) => {
    const { hosts, next, registry } = start();
    spoil();
    expect(await next()).toBe('refused');
    expect(hosts()).toEqual(['one.test']);
    expect(lines.join('')).toContain(said);
    expect(lines.join('')).toContain('the routes stay as they were');
    expect(await registry.metrics()).toContain('latchkey_upstream_reloads_total{outcome="failure"} 1');
    expect(await registry.metrics()).toContain('latchkey_upstream_file_valid 0');
  });

  test('a file that was repaired is in force again', async () => {
    const { hosts, next, registry } = start();
    writeFileSync(file, '- {service: [');
    expect(await next()).toBe('refused');
    writeFileSync(file, line('mended', 'g'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['mended.test']);
    expect(await registry.metrics()).toContain('latchkey_upstream_file_valid 1');
  });

  test('a reload that meets a defect of ours is told, and the next one is as good as ever', () => {
    const { reload, table } = start();
    table.onReplace(() => {
      if (lines.length === 0) throw new Error('a defect');
    });
    expect(reload).not.toThrow();
    expect(lines.join('')).toContain('a defect');
    reload();
    expect(lines.at(-1)).toContain('was read again');
  });

  test('a signal does not wait for the next look', () => {
    const { hosts, reload } = start();
    writeFileSync(file, line('at-once', 'g'));
    reload();
    expect(hosts()).toEqual(['at-once.test']);
  });
});
