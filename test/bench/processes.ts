import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@latchkey/testing/ports';
import { cpuList } from './measure.ts';

/** What runs on one processor: the server that is measured, or all that is not. */
export type Side = 'server' | 'load';

/** A process that listens. */
export type Listening = { readonly pid: number; readonly port: number; readonly output: string };

type Environment = Readonly<Record<string, string>>;

const running = new Set<ChildProcess>();
const startWithinMs = 30_000;

/** Whether a program can be started by its name. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

/** The two processors that are used; undefined where processes cannot be kept to one. */
export const processors = pinning();
const hasSetpriv = isInstalled('setpriv');

function pinning(): Readonly<Record<Side, number>> | undefined {
  const [server, load] = cpuList(readFileSync('/proc/self/status', 'utf8'));
  return server === undefined || load === undefined || !isInstalled('taskset') ? undefined : { server, load };
}

// Keeps it to its side, and lets its process end with this one, even if this one is killed.
function onSide(side: Side, command: readonly string[]): [program: string, args: string[]] {
  const [program = '', ...args] = [
    ...(processors === undefined ? [] : ['taskset', '-c', processors[side].toString()]),
    ...(hasSetpriv ? ['setpriv', '--pdeathsig', 'KILL'] : []),
    ...command,
  ];
  return [program, args];
}

function environment(more: Environment = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...more };
}

/**
 * Starts a server, and waits until it listens.
 *
 * @param options.output the file that gets all that it prints, its access log among it
 */
export async function startServer(
  side: Side,
  command: readonly string[],
  { port, output, env }: { port: number; output: string; env?: Environment },
): Promise<Listening> {
  const isReady = () => isListening(port);
  const pid = await startProcess(side, command, { output, isReady, ...(env && { env }) });
  return { pid, port, output };
}

/** Starts a process, waits until it is ready, and gives its id. */
export async function startProcess(
  side: Side,
  command: readonly string[],
  { output, env, isReady }: { output: string; env?: Environment; isReady: () => Promise<boolean> },
): Promise<number> {
  // Appended to, so that the file can be cut to nothing while it is written.
  const file = openSync(output, 'a');
  const child = spawn(...onSide(side, command), { stdio: ['ignore', file, file], env: environment(env) });
  closeSync(file);
  running.add(child);
  child.once('exit', () => running.delete(child));
  await once(child, 'spawn');
  for (const until = Date.now() + startWithinMs; !(await isReady()); await wait(50)) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < until) continue;
    throw new Error(`${command.join(' ')} is not ready:\n${readFileSync(output, 'utf8').slice(-2_000)}`);
  }
  return child.pid ?? 0;
}

/** Starts one of `servers/`, which take their port and then whatever else they want. */
export async function startNode(
  side: Side,
  name: string,
  { dir, args = [], env }: { dir: string; args?: readonly string[]; env?: Environment },
): Promise<Listening> {
  const port = await freePort();
  const script = join(import.meta.dirname, 'servers', `${name}.ts`);
  const command = [process.execPath, script, port.toString(), ...args];
  return startServer(side, command, { port, output: join(dir, `${name}-${port}`), ...(env && { env }) });
}

/** Runs a program on the side of the load to its end, and gives what it printed. */
export async function runLoad(command: readonly string[], env?: Environment): Promise<string> {
  const child = spawn(...onSide('load', command), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment(env),
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${command[0]} ended with ${child.exitCode ?? child.signalCode}`);
  return printed;
}

/** Ends every process that was started. */
export async function stopAll(): Promise<void> {
  const ends = [...running].map((child) => once(child, 'exit'));
  killAll();
  await Promise.all(ends);
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1');
    probe.once('connect', () => probe.destroy());
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
}
