import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { auditEvents } from '@latchkey/contract';
import type { AuditEntry } from '@latchkey/contract';
import { watchFiles } from '@latchkey/files';
import type { Watch } from '@latchkey/files';
import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { assertionWarnings } from '../outgoing/assertion-warnings.ts';
import { countReloads } from '../telemetry/metrics.ts';
import { inForce } from './in-force.ts';
import { createLiveTable } from './live-table.ts';
import { readUpstreams } from './read.ts';
import { createReload } from './reload.ts';
import { createUpstreamStatus } from './status.ts';

/** These services, and an issuer whose keys are in a file. */
const withKeys = (keys: string, services: string) =>
  `issuers: [{issuer: https://idp.test, audiences: [a], jwks_file: ${keys}}]\nservices:\n${services.replaceAll(/^(?=.)/gm, '  ')}`;

const tlsFile = (name: string) => join(import.meta.dirname, '../../../../test/fixtures/tls', name);
const line = (host: string, group: string) =>
  `- {service: ${host}, default: {from: ${host}.test, to: app.test, options: {allowed_groups: [${group}]}}}\n`;
const secured = (host: string, path: string) =>
  line(host, 'g').replace('allowed_groups', `ca_file: ${path}, allowed_groups`);

let folder = '';
let file = '';
let watch: Watch | undefined;
let lines: string[] = [];
let audited: AuditEntry[] = [];
const log = pino({ base: null, timestamp: false }, { write: (text) => void lines.push(text) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  file = join(folder, 'upstreams.yml');
  writeFileSync(file, line('one', 'g'));
  lines = [];
  audited = [];
});
afterEach(() => {
  watch?.close();
  rmSync(folder, { recursive: true });
});

function start({ allowLoss = false } = {}) {
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
    allowLoss,
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
  const status = createUpstreamStatus({ source: file, inForce: inForce(first) });
  countReloads(registry, status);
  const outcomes: ((outcome: 'read' | 'refused') => void)[] = [];
  status.onChange((_, outcome) => outcomes.shift()?.(outcome === 'success' ? 'read' : 'refused'));
  const reload = createReload({
    upstream,
    table,
    log,
    audit: { write: (entry) => void audited.push(entry) },
    warningsOf: assertionWarnings,
    status,
  });
  const watching = watchFiles([file], 10, reload);
  watch = watching;
  return {
    reload,
    table,
    readNow: () => watching.now(),
    registry,
    hosts: () => table.current().routes.map(({ from }) => from),
    next: () => new Promise<'read' | 'refused'>((resolve) => outcomes.push(resolve)),
  };
}

describe('while the proxy runs', () => {
  test('a route that comes and asks for an assertion without a key is warned about', () => {
    const { readNow } = start();
    writeFileSync(
      file,
      line('one', 'g').replace('allowed_groups', 'assertion_header: X-Who, allowed_groups'),
    );
    readNow();
    expect(lines.join('')).toContain('ASSERTION_KEY: not set');
  });

  test('a file of keys that is broken by now keeps no new upstream file out, unless it is new itself', () => {
    const keys = join(folder, 'keys.json');
    const { publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(keys, JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
    writeFileSync(file, withKeys(keys, line('one', 'g')));
    const { readNow, hosts } = start();

    writeFileSync(keys, '{"keys": [');
    writeFileSync(file, withKeys(keys, line('one', 'g') + line('two', 'g')));
    readNow();
    expect(hosts()).toEqual(['one.test', 'two.test']);
    expect(lines.join('')).toMatch(/LK521 jwks_file: .* is no JSON: .*; keys that were read before count/);

    writeFileSync(file, withKeys(join(folder, 'none.json'), line('one', 'g')));
    readNow();
    expect(lines.at(-1)).toContain('the routes stay as they were');
    expect(lines.join('')).toContain(
      'none.json\\" cannot be read (ENOENT): name a file that the proxy may read',
    );
  });

  test('a file for TLS that is broken by now keeps no new upstream file out, unless it is new itself', () => {
    const authority = join(folder, 'authority.pem');
    cpSync(tlsFile('authority.crt'), authority);
    writeFileSync(file, secured('one', authority));
    const { readNow, hosts } = start();

    writeFileSync(authority, 'half a fi');
    writeFileSync(file, secured('one', authority) + secured('two', authority));
    readNow();
    expect(hosts()).toEqual(['one.test', 'two.test']);
    expect(lines.join('')).toMatch(/LK313 ca_file: .* holds no certificate: .*; the old one stays in force/);

    const other = join(folder, 'other.pem');
    writeFileSync(other, 'half a fi');
    writeFileSync(file, line('one', 'g') + secured('two', other));
    readNow();
    expect(lines.at(-1)).toContain('the routes stay as they were');
  });

  test('a file that is written to is read again', async () => {
    const { hosts, next } = start();
    writeFileSync(file, line('one', 'g') + line('two', 'g'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['one.test', 'two.test']);
  });

  test('a symbolic link that is swapped is followed, as Kubernetes swaps it', async () => {
    for (const [version, text] of [
      ['v1', line('one', 'g')],
      ['v2', line('one', 'g') + line('two', 'g')],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'upstreams.yml'), text);
    }
    symlinkSync('v1', join(folder, '..data'));
    rmSync(file);
    symlinkSync(join('..data', 'upstreams.yml'), file);
    const { hosts, next } = start();
    symlinkSync('v2', join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['one.test', 'two.test']);
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

  test('the audit log says for whom what has changed, in the words of `latchkey diff`, or why nothing has', () => {
    const { readNow } = start();
    writeFileSync(file, line('one', 'h') + line('two', 'g'));
    readNow();
    writeFileSync(file, '- {service: [');
    readNow();

    const sha256 = createHash('sha256')
      .update(line('one', 'h') + line('two', 'g'))
      .digest('hex')
      .slice(0, 12);
    expect(audited).toEqual([
      {
        event: 'policy_change',
        outcome: 'done',
        sha256,
        routes: 2,
        changes: [
          { host: 'one.test', kind: 'gain', text: 'group h', widens: true },
          { host: 'one.test', kind: 'loss', text: 'group g', widens: false },
          { host: 'two.test', kind: 'new', text: expect.stringContaining('open to group g'), widens: false },
        ],
        left_out: 0,
      },
      {
        event: 'policy_change',
        outcome: 'refused',
        routes: 2,
        errors: [expect.stringContaining('upstreams.yml:1:')],
        left_out: 0,
      },
    ]);
    for (const entry of audited)
      expect(auditEvents.policy_change.fields.safeParse(entry).error).toBeUndefined();
  });

  test('a file that was repaired is in force again', async () => {
    const { hosts, next, registry } = start();
    writeFileSync(file, '- {service: [');
    expect(await next()).toBe('refused');
    writeFileSync(file, line('one', 'g') + line('mended', 'g'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['one.test', 'mended.test']);
    expect(await registry.metrics()).toContain('latchkey_upstream_file_valid 1');
  });

  test('a reload that meets a defect of ours is reported, and the next one is as good as ever', () => {
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
    const { hosts, readNow } = start();
    writeFileSync(file, line('one', 'g') + line('at-once', 'g'));
    readNow();
    expect(hosts()).toEqual(['one.test', 'at-once.test']);
  });

  test('a signal and the next look read the file once between them', async () => {
    const { next, readNow, registry } = start();
    writeFileSync(file, line('one', 'g') + line('two', 'g'));
    readNow();
    writeFileSync(file, line('one', 'g') + line('two', 'g') + line('three', 'g'));
    expect(await next()).toBe('read');
    expect(await registry.metrics()).toContain('latchkey_upstream_reloads_total{outcome="success"} 2');
  });

  test('the log and the metrics say which file is in force', async () => {
    const { next, registry } = start();
    const text = line('one', 'g') + line('two', 'g');
    writeFileSync(file, text);
    utimesSync(file, 1_800_000_000, 1_800_000_000);
    expect(await next()).toBe('read');
    const sha256 = createHash('sha256').update(text).digest('hex').slice(0, 12);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      routes: 2,
      sha256,
      written: '2027-01-15T08:00:00.000Z',
      msg: 'the upstream file was read again',
    });
    const said = await registry.metrics();
    expect(said.match(/^latchkey_upstream_file_info.*$/gm)).toEqual([
      `latchkey_upstream_file_info{sha256="${sha256}"} 1`,
    ]);
    expect(said).toContain('latchkey_upstream_file_written_seconds 1800000000\n');
  });
});

describe('a file that would take most routes away', () => {
  const three = line('one', 'g') + line('two', 'g') + line('three', 'g');

  test.each([
    ['is empty', '', '3 of 3 routes would be removed: one.test, two.test, three.test;'],
    ['was cut short', line('one', 'g'), '2 of 3 routes would be removed: two.test, three.test;'],
    [
      'is of another environment',
      line('four', 'g') + line('five', 'g') + line('six', 'g'),
      '3 of 3 routes would be removed',
    ],
  ])('is refused where it %s, and the log says what would be removed', async (_, text, said) => {
    writeFileSync(file, three);
    const { hosts, next, registry } = start();
    writeFileSync(file, text);
    expect(await next()).toBe('refused');
    expect(hosts()).toEqual(['one.test', 'two.test', 'three.test']);
    expect(lines.join('')).toContain(said);
    expect(lines.join('')).toContain('UPSTREAM_RELOAD_ALLOW_LOSS=true');
    expect(await registry.metrics()).toContain('latchkey_upstream_file_valid 0');
  });

  test('is put in force where the settings allow it', async () => {
    writeFileSync(file, three);
    const { hosts, next } = start({ allowLoss: true });
    writeFileSync(file, line('one', 'g'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['one.test']);
  });

  test('is not one that loses half of them', async () => {
    writeFileSync(file, line('one', 'g') + line('two', 'g'));
    const { hosts, next } = start();
    writeFileSync(file, line('one', 'g'));
    expect(await next()).toBe('read');
    expect(hosts()).toEqual(['one.test']);
  });
});
