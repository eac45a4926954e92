import { clockSkewMs } from '@latchkey/session';
import { z } from 'zod';
import type { Log, LogLine } from '../store/store.ts';
import type { Ended } from './revocations.ts';

/** What a line of the log of sign-outs says: what has ended, or since when nothing is missing. */
export type SignOutLine =
  | { readonly ended: Ended; readonly since?: undefined }
  | {
      readonly ended?: undefined;
      readonly since: number;
      /** when that was written; milliseconds since the epoch, both */
      readonly at: number;
    };

const ended = z.object({
  account: z.string(),
  sid: z.string().optional(),
  signedInAt: z.number(),
  at: z.number(),
  until: z.number(),
});
const line = z.union([z.object({ ended }), z.object({ since: z.number(), at: z.number() })]);

export function signOutLine(about: Ended): string {
  return JSON.stringify({ ended: about });
}

export function markLine(mark: { since: number; at: number }): string {
  return JSON.stringify(mark);
}

/** A line that was read; one that says something else, as another version of us may write it, says nothing. */
export type ReadLine = { readonly id: string; readonly line: SignOutLine | undefined };

/**
 * Reads a log to its end, a page at a time, as it comes: all at once would keep the process from everything else for a second.
 *
 * @param from the id of the first line; absent, the beginning
 */
export async function readLines(log: Log, from?: string): Promise<readonly ReadLine[]> {
  const lines = (await log.read(from)).map(understood);
  for (let size = lines.length; size >= log.page;) {
    const more = await log.read(lines.at(-1)?.id);
    size = more.length;
    lines.push(...more.slice(1).map(understood));
  }
  return lines;
}

/** When a line was written, by the store's clock: its id says so. */
export function writtenAt(id: string): number {
  return Number.parseInt(id, 10);
}

function understood({ id, text }: LogLine): ReadLine {
  const read = parsed(text);
  if (read?.since === undefined) return { id, line: read };
  // Nothing is whole since a moment that was to come: the task that wrote that had a clock that was ahead, and people who sign in
  // until then would be taken for people from before.
  return { id, line: { ...read, since: Math.min(read.since, writtenAt(id) + clockSkewMs) } };
}

function parsed(text: string): SignOutLine | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
