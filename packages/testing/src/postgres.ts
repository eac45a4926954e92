import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './ports.ts';
import { findProgram } from './programs.ts';

/** A PostgreSQL of the test's own, on loopback, in a folder of its own. */
export type RunningPostgres = {
  readonly port: number;
  /** runs SQL as its superuser, and gives what it answers, without titles */
  sql(text: string): string;
  close(): Promise<void>;
};

const psql = findProgram('psql');
const programs = programsOfDebian();

/** Whether there is a PostgreSQL to start, with psql; without one, what needs it is left out, with a line that says so. */
export const hasPostgres = psql !== undefined && programs !== undefined;
if (!hasPostgres) process.stderr.write('postgresql is not installed: what needs it is not tested\n');

/** Starts one that speaks TLS, and knows people by certificates of an authority. */
export async function startPostgres(files: {
  cert: string;
  key: string;
  ca: string;
  /** lines of pg_hba.conf and pg_ident.conf */
  hba: readonly string[];
  ident: readonly string[];
}): Promise<RunningPostgres> {
  if (psql === undefined || programs === undefined) throw new Error('postgresql is not installed');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const data = join(folder, 'data');
  const owner = whoRunsIt();
  chownSync(folder, owner.uid, owner.gid);
  const asOwner = { ...owner, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } };
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'super', '-A', 'trust', '-N'], {
    ...asOwner,
    stdio: 'ignore',
  });
  const local = 'local all super trust';
  const contents = {
    'server.crt': files.cert,
    'server.key': files.key,
    'people.crt': files.ca,
    'pg_hba.conf': [local, ...files.hba].join('\n'),
    'pg_ident.conf': files.ident.join('\n'),
  };
  for (const [name, text] of Object.entries(contents)) {
    const path = join(data, name);
    writeFileSync(path, `${text}\n`);
    chmodSync(path, 0o600);
    chownSync(path, owner.uid, owner.gid);
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port: `${port}`,
    unix_socket_directories: folder,
    ssl: 'on',
    ssl_cert_file: 'server.crt',
    ssl_key_file: 'server.key',
    ssl_ca_file: 'people.crt',
    fsync: 'off',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(programs, 'postgres'), ['-D', data, ...options], {
    ...asOwner,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await isReady(child);
  return {
    port,
    sql: (text) =>
      execFileSync(psql, ['-h', folder, '-p', `${port}`, '-U', 'super', '-Atqc', text, 'postgres'], {
        encoding: 'utf8',
      }).trim(),
    async close() {
      // Fast: connections are ended, and nothing waits for them.
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isReady(child: ChildProcess): Promise<void> {
  if (child.stderr === null) throw new Error('nothing to read');
  for await (const line of createInterface(child.stderr)) {
    if (!line.includes('ready to accept connections')) continue;
    child.stderr.resume();
    return;
  }
  throw new Error('postgres ended');
}

// It refuses to run as root, and Debian makes it a user of its own.
function whoRunsIt(): { uid: number; gid: number } {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return { uid, gid };
  const line = /^postgres:[^:]*:(?<uid>\d+):(?<gid>\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.groups;
  if (line === undefined) throw new Error('there is no user postgres to run it');
  return { uid: Number(line['uid']), gid: Number(line['gid']) };
}

// Debian keeps several versions beside each other, and none on the PATH.
function programsOfDebian(): string | undefined {
  try {
    const [newest] = readdirSync('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a));
    return newest && join('/usr/lib/postgresql', newest, 'bin');
  } catch {
    return undefined;
  }
}
