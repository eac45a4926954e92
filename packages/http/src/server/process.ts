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

/** Ends the process because it cannot run as configured: one line per error on standard error, exit code 1. */
export function refuseToStart(service: string, errors: readonly string[]): never {
  process.stderr.write(
    `${[`${service} cannot start:`, ...errors.map((error) => `  ${error}`)].join('\n')}\n`,
  );
  process.exit(1);
}
