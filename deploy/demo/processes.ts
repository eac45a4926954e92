import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from './user-error.ts';
import type { Environment } from './environment.ts';

const readyWithinMs = 30_000;
const stopWithinMs = 5_000;

/** A child process that runs one of the services. */
export type Service = {
  name: string;
  /** Rejects with a UserError when the process ends, whatever the reason. */
  ended: Promise<never>;
  /** Asks the process to stop, insists after five seconds, and waits until it has exited. */
  stop(): Promise<void>;
};

/** Starts a service from its source, with this environment and nothing of ours. */
export function startService(
  name: string,
  script: string,
  environment: Environment,
  onLine: (text: string) => void,
): Service {
  const child = spawn(process.execPath, ['--conditions=@latchkey/source', script], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const output of [child.stdout, child.stderr]) readLines(output, onLine);
  const closed = once(child, 'close');

  async function complainAtTheEnd(): Promise<never> {
    await closed;
    throw new UserError(`${name} ended by itself (${child.signalCode ?? `exit code ${child.exitCode}`}).`);
  }
  const ended = complainAtTheEnd();
  // Those that wait for it hear of it; while stopping nobody does.
  ended.catch(() => undefined);

  return {
    name,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      await closed;
      clearTimeout(insist);
    },
  };
}

function readLines(input: Readable, onLine: (text: string) => void): void {
  createInterface({ input }).on('line', onLine);
}

/** Waits until a service answers 200 at `/ping`. Throws a UserError after half a minute. */
export async function untilReady(name: string, port: number): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    if (await answersPing(port)) return;
    await wait(50);
  }
  throw new UserError(`${name} did not get ready within ${readyWithinMs / 1000} seconds.`);
}

async function answersPing(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(1000) });
    return response.status === 200;
  } catch {
    return false;
  }
}
