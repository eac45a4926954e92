import { minimalAuth } from '@latchkey/testing/environments';
import { freePort } from '@latchkey/testing/ports';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from './compare.ts';
import type { Case } from './compare.ts';
import type { Introspections } from './introspection-load.ts';
import type { Pressure } from './load.ts';
import { cpuUsOf } from './measure.ts';
import { isInstalled, runLoad, startServer } from './processes.ts';
import type { Listening } from './processes.ts';
import type { Row } from './report.ts';
import { readLoad } from './summary.ts';

/** What so many sessions take in Redis. */
export type Kept = {
  readonly sessions: number;
  /** what Redis uses (`used_memory`) without them and with them */
  readonly bytes: { readonly empty: number; readonly full: number };
  readonly keys: number;
};

type Environment = Readonly<Record<string, string>>;

/** Whether there is a Redis to keep them in. */
export const hasRedis = isInstalled('redis-server') && isInstalled('redis-cli');

const root = join(import.meta.dirname, '../..');
const fill = [
  process.execPath,
  '--conditions=@latchkey/source',
  join(root, 'services/auth/test/fill-store.ts'),
];
const asker = join(import.meta.dirname, 'introspection-load.ts');
// Of those that are kept so many are asked about.
const shown = 2_000;
// Until what Node runs often is compiled.
const warmSeconds = 5;

/**
 * Measures what auth takes to say that a session stands: by its own memory, with one session in Redis, and with so many.
 *
 * @param dir for what is printed
 */
export async function measureSessions(
  dir: string,
  { sessions, rounds, pressure }: { sessions: number; rounds: number; pressure: Pressure },
): Promise<{ rows: Row[]; kept: Kept }> {
  const env = { ...minimalAuth(), SERVER_ADDRESS: '127.0.0.1', SESSION_COOKIE_DOMAIN: 'corp.example.com' };
  const few = await startRedis(dir, 'few');
  const many = await startRedis(dir, 'many');
  const withFew = { ...env, REDIS_URL: `redis://127.0.0.1:${few.port}` };
  const withMany = { ...env, REDIS_URL: `redis://127.0.0.1:${many.port}` };
  const empty = await use(many);
  const one = await signedIn(1, withFew, `${few.output}.tokens`);
  const some = await signedIn(sessions, withMany, `${many.output}.tokens`);
  const full = await use(many);
  const cases = [
    await introspections(`memory, ${shown} sessions`, env, { dir, tokenFile: some }),
    await introspections('Redis, 1 session', withFew, { dir, tokenFile: one }),
    await introspections(`Redis, ${sessions} sessions`, withMany, { dir, tokenFile: some }),
  ];
  await compare(cases, 1, { ...pressure, seconds: warmSeconds });
  const rows = await compare(cases, rounds, pressure);
  const bytes = { empty: empty.bytes, full: full.bytes };
  return { rows, kept: { sessions, bytes, keys: full.keys - empty.keys } };
}

/** For people. */
export function keptText({ sessions, bytes: { empty, full }, keys }: Kept): string {
  return (
    `Redis uses ${mibOf(empty)} MiB without sessions and ${mibOf(full)} MiB with ${sessions}\n` +
    `${((full - empty) / sessions).toFixed(0)} bytes and ${(keys / sessions).toFixed(1)} keys for each\n`
  );
}

function mibOf(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

async function startRedis(dir: string, name: string): Promise<Listening> {
  const port = await freePort();
  const own = join(dir, `redis-${name}`);
  mkdirSync(own);
  const options = { port, bind: '127.0.0.1', dir: own, save: '', appendonly: 'no' };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value.toString()]);
  return startServer('load', ['redis-server', ...args], { port, output: `${own}.log` });
}

async function use({ port }: Listening): Promise<{ bytes: number; keys: number }> {
  const info = await runLoad(['redis-cli', '-p', port.toString(), 'INFO']);
  const number = (name: string) => Number(new RegExp(`^${name}(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return { bytes: number('used_memory:'), keys: number('db0:keys=') };
}

// Gives a file of their session tokens, one a line.
async function signedIn(count: number, env: Environment, file: string): Promise<string> {
  const more = { COUNT: count.toString(), SHOWN: Math.min(count, shown).toString() };
  writeFileSync(file, await runLoad(fill, { ...env, ...more }));
  return file;
}

async function introspections(
  name: string,
  env: Environment,
  { dir, tokenFile }: { dir: string; tokenFile: string },
): Promise<Case> {
  const port = await freePort();
  const command = [process.execPath, '--', join(root, 'services/auth/dist/main.js')];
  const output = join(dir, `auth-${port}`);
  const listening = await startServer('server', command, {
    port,
    output,
    env: { ...env, SERVER_PORT: port.toString() },
  });
  const pair = [env['CLIENT_PROXY_ID'], env['CLIENT_PROXY_SECRET']].map((part = '') =>
    encodeURIComponent(part),
  );
  const headers = {
    host: env['SERVER_HOST'] ?? '',
    authorization: `Basic ${Buffer.from(pair.join(':')).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  return {
    contestant: { name, port, headers, processes: [listening] },
    body: 'yes',
    async measure(pressure) {
      const asked: Introspections = { port, headers, tokenFile, ...pressure };
      const before = cpuUsOf([listening.pid]);
      const came = readLoad(await runLoad([process.execPath, asker, JSON.stringify(asked)]));
      return { ...came, cpuUs: cpuUsOf([listening.pid]) - before };
    },
  };
}
