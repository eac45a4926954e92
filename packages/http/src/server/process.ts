import type { Logger } from 'pino';
import type { RunningServer } from './life.ts';

/**
 * Ties a server to its process: SIGTERM and SIGINT stop it and end the process with 0. As PID 1 in a container Node
 * ignores SIGTERM unless it is handled.
 */
export function stopOnSignals(server: RunningServer, log: Logger): void {
  async function stop(signal: NodeJS.Signals): Promise<void> {
    log.info({ signal }, 'stopping');
    await server.stop();
    log.info('stopped');
    process.exit(0);
  }
  process.once('SIGTERM', (signal) => void stop(signal));
  process.once('SIGINT', (signal) => void stop(signal));
}

/** What to tell an operator about an error that kept a server from listening; rethrows what is none. */
export function listenError(error: unknown, port: number, variable = 'SERVER_PORT'): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `${variable}: ${port} is taken, write another port or stop what listens there`;
  if (code === 'EACCES') return `${variable}: ${port} is not ours to take, write a port above 1023`;
  throw error;
}

/** Ends the process because it cannot run as configured: one line per error on standard error, exit code 1. */
export function refuseToStart(service: string, errors: readonly string[]): never {
  process.stderr.write(
    `${[`${service} cannot start:`, ...errors.map((error) => `  ${error}`)].join('\n')}\n`,
  );
  process.exit(1);
}
