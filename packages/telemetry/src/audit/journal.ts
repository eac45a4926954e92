import { chainBegin, nextLine } from '@latchkey/contract';
import type { AuditEntry } from '@latchkey/contract';
import { randomBytes } from 'node:crypto';
import type { Output } from '../output.ts';

/** One chain of audit lines on one output. */
export type Journal = {
  write(entry: AuditEntry): void;
  /** how many were lost since the start */
  lost(): number;
};

/** Begins a chain. What is lost is written into it as soon as there is room, so that it can be checked all the same. */
export function createJournal(service: string, key: string | undefined, output: Output): Journal {
  const instance = randomBytes(12).toString('base64url');
  let end = chainBegin;
  let lost = 0;
  let unwritten = 0;

  function append(entry: AuditEntry): boolean {
    const time = new Date().toISOString();
    const next = nextLine(end, { time, service, instance }, entry, key);
    const isTaken = output.write(next.line);
    if (isTaken) end = next;
    return isTaken;
  }
  function writeLost(): boolean {
    if (unwritten > 0 && append({ event: 'lost', lines: unwritten })) unwritten = 0;
    return unwritten === 0;
  }
  output.onRecovery(() => void writeLost());

  return {
    write(entry) {
      if (writeLost() && append(entry)) return;
      lost += 1;
      unwritten += 1;
    },
    lost: () => lost,
  };
}
