import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import type { Output } from './output.ts';

// POSIX, write(): what is at most PIPE_BUF bytes (4096 on Linux) "shall not be interleaved with data from other processes
// doing writes on the same pipe". More at once would tear the lines of two services that share one.
const pipeBytes = 4096;
// For a disk that has room again, or a reader that comes back.
export const keptBytes = 1024 * 1024;
const sayEveryMs = 60_000;
const standardError = 2;

/**
 * Standard output. What is logged within one turn of the event loop is written at its end in as few pieces as a pipe
 * keeps whole, so that no line waits for a clock or for the next one; what is there when the process exits, by whatever error,
 * is written before it does.
 *
 * Where it cannot be written (a full disk, a reader that has closed), the process goes on: a full disk would else shut
 * everybody out. A few lines are kept, the rest is counted and lost. Standard error says so, and the log itself as soon as it
 * can.
 */
export function standardOutput(service: string): Output {
  const out = pino.destination({
    sync: true,
    minLength: pipeBytes - 1,
    maxWrite: pipeBytes,
    maxLength: keptBytes,
  });
  // What was logged in this turn. Its length is known here: for each line, sonic-boom counts all that it holds already.
  let held = '';
  let heldBytes = 0;
  let isDue = false;
  let trouble: string | undefined;
  let lost = 0;
  let saidAt = -Infinity;
  let recovered: (() => void) | undefined;

  function handOver(): void {
    if (held !== '') out.write(held);
    held = '';
    heldBytes = 0;
  }
  function flush(): void {
    isDue = false;
    handOver();
    out.flush();
  }
  function write(line: string): boolean {
    const lostBefore = lost;
    const bytes = Buffer.byteLength(line);
    if (heldBytes + bytes > pipeBytes) handOver();
    held += line;
    heldBytes += bytes;
    // Whether there is room for it is to be known at once.
    if (trouble !== undefined) handOver();
    if (!isDue) setImmediate(flush);
    isDue = true;
    return lost === lostBefore;
  }
  function lineOf(msg: string): string {
    const line = { level: 'error', time: new Date().toISOString(), service, lost, detail: trouble, msg };
    return `${JSON.stringify(line)}\n`;
  }
  function sayTrouble(): void {
    if (performance.now() - saidAt < sayEveryMs) return;
    saidAt = performance.now();
    try {
      writeSync(standardError, lineOf('the log cannot be written; the service goes on'));
    } catch {
      // Often it leads to the same place.
    }
  }
  function sayEnd(): void {
    if (trouble !== undefined) return;
    write(lineOf('the log can be written again'));
    lost = 0;
    recovered?.();
  }

  // pino's own: silent for good without a reader, and the end of the process for whatever else.
  out.removeAllListeners('error');
  out.on('error', function failed(error: Error) {
    trouble = error.message;
    sayTrouble();
  });
  out.on('drop', (lines: string) => (lost += lines.split('\n').length - 1));
  out.on('write', function written() {
    if (trouble === undefined) return;
    trouble = undefined;
    setImmediate(sayEnd);
  });
  process.once('exit', flush);
  return { write, trouble: () => trouble, onRecovery: (listener) => (recovered = listener) };
}
