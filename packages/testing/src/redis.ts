import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './ports.ts';
import { findProgram } from './programs.ts';

/** A Redis of the test's own, on loopback, with nothing on disk. */
export type RunningRedis = {
  readonly port: number;
  /** as `REDIS_URL` has it */
  readonly url: string;
  /** sends a command as one line, and gives the answer as it came */
  command(line: string): Promise<string>;
  /** stands still, with its connections open */
  freeze(): void;
  thaw(): void;
  /** ends at once */
  kill(): Promise<void>;
  /** is there again at the same port, with nothing in it */
  startAgain(): Promise<void>;
  close(): Promise<void>;
};

const program = findProgram('redis-server', 'valkey-server');

/** Whether there is a Redis to start; without one, what needs it is left out, with a line that says so. */
export const hasRedis = program !== undefined;
if (!hasRedis) process.stderr.write('redis-server is not installed: what needs it is not tested\n');

/** @param args of its command line, besides those that every test's Redis has */
export async function startRedis(...args: readonly string[]): Promise<RunningRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const port = await freePort();
  let child = await start(port, folder, args);

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    command: (line) => ask(port, line),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    async startAgain() {
      await kill();
      child = await start(port, folder, args);
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function start(port: number, folder: string, args: readonly string[]): Promise<ChildProcess> {
  if (program === undefined) throw new Error('redis-server is not installed');
  const own = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const child = spawn(program, [...own, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface(child.stdout)) {
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`${program} ended`);
}

async function ask(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${line}\r\n`);
    const [answer]: unknown[] = await once(socket, 'data');
    return String(answer).trim();
  } finally {
    socket.destroy();
  }
}
