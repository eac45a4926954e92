import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { aRoute } from '@latchkey/testing';
import { makeAuthority } from '@latchkey/testing/authority';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createLiveTable } from '../../upstream-file/live-table.ts';
import { createLiveTlsCredentials } from './live-credentials.ts';
import type { LiveTlsCredentials } from './live-credentials.ts';

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../../../test/fixtures/tls', name), 'utf8');
let folder = '';
let file = '';
let credentials: LiveTlsCredentials | undefined;
let heard: ((line: Record<string, unknown>) => void)[] = [];
const log = pino({ base: null, timestamp: false }, { write: (text) => heard.shift()?.(JSON.parse(text)) });
const nextLine = () => new Promise<Record<string, unknown>>((resolve) => heard.push(resolve));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  file = join(folder, 'ca.pem');
  writeFileSync(file, fixture('authority.crt'));
  heard = [];
});
afterEach(() => {
  credentials?.close();
  rmSync(folder, { recursive: true });
});

const tableWith = (...paths: string[]) => ({
  routes: paths.map((path) => aRoute({ tls: { files: { ca_file: path } } })),
  root: {
    issuers: [],
    serviceAccounts: new Map(),
    connectors: new Map(),
    networks: [],
    deviceHeaders: new Map(),
    guardrail: [],
  },
  groups: [],
  match: () => undefined,
});

function start(table = createLiveTable(tableWith(file)), everyMs = 10) {
  const started = createLiveTlsCredentials({ table, log, everyMs });
  credentials = started;
  const inForce = () => started.of(table.current().routes[0]?.tls.files ?? {});
  return { table, inForce };
}

test('a file that changes is read again, and one that cannot be used leaves in force what was there', async () => {
  const { inForce } = start();
  const first = inForce();
  expect(first).toMatchObject({ fingerprint: expect.any(String) });

  let line = nextLine();
  writeFileSync(file, 'half a fi');
  expect(await line).toMatchObject({
    level: 50,
    alarm: 'TLS files',
    code: 'LK313',
    page: 'docs/diagnostics.md',
    path: file,
    msg: expect.stringMatching(/^ca_file holds no certificate: .*; the old one stays in force$/),
  });
  expect(inForce()).toBe(first);

  line = nextLine();
  writeFileSync(file, fixture('localhost.crt'));
  expect(await line).toMatchObject({ level: 30, msg: 'the files for TLS were read again' });
  expect(inForce()).not.toBe(first);
});

function withAuthority() {
  const files = { ca_cert_file: file, ca_key_file: join(folder, 'ca.key') };
  return {
    table: createLiveTable({ ...tableWith(), routes: [aRoute({ tls: { files } })] }),
    write: (days: number, mode: number) => {
      const { cert, key } = makeAuthority({ days });
      writeFileSync(files.ca_cert_file, cert);
      writeFileSync(files.ca_key_file, key);
      chmodSync(files.ca_key_file, mode);
    },
  };
}

test('an authority that is replaced by one that ends soon, with a key that all may read, is warned of', async () => {
  const { table, write } = withAuthority();
  write(90, 0o600);
  const lines = [nextLine(), nextLine(), nextLine()];
  const { inForce } = start(table);
  const first = inForce();
  write(10, 0o644);
  const said = (await Promise.all(lines)).filter(({ code }) => code === 'LK314' || code === 'LK642');
  expect(said).toEqual([
    expect.objectContaining({ level: 40, code: 'LK314', option: 'ca_key_file' }),
    expect.objectContaining({ level: 40, code: 'LK642', option: 'ca_cert_file' }),
  ]);
  expect(inForce()).not.toBe(first);
});

test('a file that is replaced by one that is over is warned of with its code, and used', async () => {
  const { inForce } = start();
  const first = inForce();
  const line = nextLine();
  writeFileSync(file, fixture('expired.crt'));
  expect(await line).toMatchObject({ level: 40, code: 'LK317', option: 'ca_file', path: file });
  expect(inForce()).not.toBe(first);
});

test('an authority whose end comes near is warned of each day, though its files stay as they are', async () => {
  const [dayMs, { table, write }] = [86_400_000, withAuthority()];
  write(32, 0o600);
  jest.useFakeTimers();
  const line = nextLine();
  start(table, dayMs);
  jest.setSystemTime(Date.now() + 3 * dayMs);
  jest.advanceTimersByTime(dayMs);
  jest.useRealTimers();
  expect(await line).toMatchObject({ level: 40, code: 'LK642', option: 'ca_cert_file', path: file });
});

test('a reload that names the same files keeps what was read, and one that names others reads those', () => {
  const { table, inForce } = start();
  const first = inForce();
  table.replace(tableWith(file));
  expect(inForce()).toBe(first);
  table.replace(tableWith(join(folder, 'none')));
  expect(inForce()).toBe('unusable');
});

test('a route without files needs none', () => {
  const { inForce } = start(createLiveTable({ ...tableWith(), routes: [aRoute()] }));
  expect(inForce()).toBeUndefined();
});
