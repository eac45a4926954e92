import { z } from 'zod';
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

/** Reads a line; undefined for one that says something else. */
export function readLine(text: string): SignOutLine | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
