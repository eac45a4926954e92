import type { AuditEntry } from '@latchkey/contract';
import { refuseToStart } from '@latchkey/http';
import type { Logger } from 'pino';
import { outputOf } from '../log.ts';
import type { Output } from '../output.ts';
import { fileOutput } from './file-output.ts';
import type { FileOutput } from './file-output.ts';
import { createJournal } from './journal.ts';

/** The audit log of a service. */
export type Audit = {
  /** Tells something. It neither throws nor waits. */
  write(entry: AuditEntry): void;
  /** what gives access and would be written here has to be refused now, because it could not be written down */
  mustRefuse(): boolean;
  /** whether it can be written */
  isUp(): boolean;
  /** how many lines were lost since the start */
  lost(): number;
  /** Tells that the service has stopped; resolves when it is written, or cannot be. */
  close(): Promise<void>;
};

/** Where it goes, what becomes of people when it cannot, and the key of its hashes. */
export type AuditOptions = {
  readonly stdout: boolean;
  readonly file?: string;
  readonly onFailure: 'continue' | 'refuse';
  readonly key?: string;
};

/**
 * Opens the audit log where there is to be one, and tells that the service starts. A file is opened anew on SIGHUP. Ends the
 * process where it cannot be opened.
 *
 * @param options.log standard output is shared with it, and it says when a file cannot be written
 */
export function openAudit(
  settings: AuditOptions | undefined,
  options: {
    readonly service: 'auth' | 'proxy';
    readonly version: string;
    readonly revision?: string;
    readonly log: Logger;
  },
): Audit | undefined {
  if (settings === undefined) return undefined;
  const { stdout, file, onFailure, key } = settings;
  const { service, version, revision, log } = options;
  const opened = file === undefined ? undefined : openFile(file, service, log);
  const outputs: Output[] = [...(stdout ? [outputOf(log)] : []), ...(opened === undefined ? [] : [opened])];
  const journals = outputs.map((output) => createJournal(service, key, output));
  const isUp = () => outputs.every((output) => output.trouble() === undefined);
  const reopen = () => opened?.reopen();
  if (opened !== undefined) process.on('SIGHUP', reopen);

  let isStopped = false;

  function write(entry: AuditEntry): void {
    if (isStopped) return;
    for (const journal of journals) journal.write(entry);
  }
  write({ event: 'start', version, revision, seal: key === undefined ? 'sha256' : 'hmac-sha256' });
  return {
    write,
    mustRefuse: () => onFailure === 'refuse' && !isUp(),
    isUp,
    lost: () => journals.reduce((sum, journal) => sum + journal.lost(), 0),
    async close() {
      write({ event: 'stop' });
      isStopped = true;
      process.off('SIGHUP', reopen);
      await opened?.close();
    },
  };
}

function openFile(file: string, service: string, log: Logger): FileOutput {
  try {
    return fileOutput(file, (detail) =>
      log.error(
        { alarm: 'audit log', file, detail },
        'AUDIT_LOG cannot be written; lines are kept as far as there is room',
      ),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    return refuseToStart(service, [`AUDIT_LOG: ${why}; name a file that this process may write to`]);
  }
}
