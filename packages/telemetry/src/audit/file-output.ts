import { closeSync, openSync } from 'node:fs';
import { pino } from 'pino';
import type { Output } from '../output.ts';
import { keptBytes } from '../standard-output.ts';

/** A file behind whose end lines are written. */
export type FileOutput = Output & {
  /** Goes on in a file of the same name, after the old one was renamed. */
  reopen(): void;
  /** Resolves when everything is written, or nothing can be, or after two seconds. */
  close(): Promise<void>;
};

const tryAgainMs = 1_000;
const lastMs = 2_000;
const mode = 0o600;

/**
 * Opens a file for its owner alone. What is there when the process exits is written before it does. What cannot be written is kept, as far as it fits into memory, and tried again every second.
 *
 * @param onTrouble called the first time, and after each recovery
 * @throws the error of opening it
 */
export function fileOutput(path: string, onTrouble: (detail: string) => void): FileOutput {
  closeSync(openSync(path, 'a', mode));
  const out = pino.destination({ dest: path, sync: false, minLength: 1, maxLength: keptBytes, mode });
  let trouble: string | undefined;
  let hasRoom = true;
  let recovered: (() => void) | undefined;
  let isRenamed = false;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;

  function reopen(): void {
    isRenamed = true;
    out.reopen();
  }
  function fail(detail: string): void {
    if (trouble === undefined) onTrouble(detail);
    trouble = detail;
    if (!isClosed) again ??= setTimeout(tryAgain, tryAgainMs).unref();
  }
  function tryAgain(): void {
    again = undefined;
    // It forgets that it was to open the file anew when a write fails meanwhile.
    if (isRenamed) out.reopen();
    else out.flush();
  }
  out.on('ready', () => (isRenamed = false));
  // pino's own: silent for good where a pipe has no reader.
  out.removeAllListeners('error');
  out.on('error', (error: Error) => fail(error.message));
  // A disk of the network that hangs gives no error.
  out.on('drop', function failed() {
    hasRoom = false;
    fail('nothing more fits into memory');
  });
  out.on('write', function written() {
    if (trouble === undefined) return;
    trouble = undefined;
    // Behind what is being written: the chain goes on where it has stopped.
    setImmediate(() => trouble === undefined && recovered?.());
  });
  return {
    write(line) {
      hasRoom = true;
      out.write(line);
      return hasRoom;
    },
    trouble: () => trouble,
    onRecovery: (listener) => (recovered = listener),
    reopen,
    async close() {
      isClosed = true;
      clearTimeout(again);
      await new Promise<void>((done) => {
        const late = setTimeout(done, lastMs);
        out.once('close', function closed() {
          clearTimeout(late);
          done();
        });
        out.once('error', () => out.destroy());
        out.end();
      });
    },
  };
}
