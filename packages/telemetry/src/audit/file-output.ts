import { closeSync, openSync } from 'node:fs';
import { pino } from 'pino';
import type { Output } from '../output.ts';
import { keptBytes } from '../standard-output.ts';

/** A file behind whose end lines are written. */
export type FileOutput = Output & {
  /** Goes on in a file of the same name, after the old one was renamed. */
  reopen(): void;
  /** Resolves when everything is written, or nothing can be. */
  close(): Promise<void>;
};

const tryAgainMs = 1_000;
const mode = 0o600;

/**
 * Opens a file for its owner alone. What is there when the process exits is written before it does. What cannot be written is kept, as far as it fits into memory, and tried again every second.
 *
 * @param onTrouble told the first time, and after each recovery
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

  function reopen(): void {
    isRenamed = true;
    out.reopen();
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
  out.on('error', function failed(error: Error) {
    if (trouble === undefined) onTrouble(error.message);
    trouble = error.message;
    again ??= setTimeout(tryAgain, tryAgainMs).unref();
  });
  out.on('drop', () => (hasRoom = false));
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
      clearTimeout(again);
      await new Promise<void>((done) => {
        out.once('close', done);
        out.once('error', () => out.destroy());
        out.end();
      });
    },
  };
}
