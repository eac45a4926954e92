import { createHash, createHmac } from 'node:crypto';
import { longestText } from './events.ts';
import type { AuditEntry } from './events.ts';

/** Where a chain is: how many lines it has, and the hash of the last of them. */
export type ChainEnd = { readonly seq: number; readonly hash: string };

/** Where every chain begins. */
export const chainBegin: ChainEnd = { seq: 0, hash: '0'.repeat(64) };

/** How every line of the audit log begins, and no other line. */
export const auditMark = '{"audit":1,';

const seam = ',"hash":"';

// Docker hands on a line in pieces of 16 KiB, and a piece is no line of a chain.
const longestBody = 16_000;
const shortText = 100;

/**
 * The next line of a chain, with its line break. Its hash is that of the bytes in front of `,"hash":"`, as they are: nobody has
 * to write anything out in the same way to check it.
 *
 * @param about when and where
 * @param key in base64; absent, anyone who can write the file can make a chain of their own
 */
export function nextLine(
  end: ChainEnd,
  about: { readonly time: string; readonly service: string; readonly instance: string },
  entry: AuditEntry,
  key?: string,
): ChainEnd & { readonly line: string } {
  const seq = end.seq + 1;
  const { time, service, instance } = about;
  const fields = { audit: 1, time, service, instance, seq, prev: end.hash, ...entry };
  const whole = written(fields, longestText);
  const body = Buffer.byteLength(whole) > longestBody ? written(fields, shortText) : whole;
  const hash = hashOf(Buffer.from(body), key);
  return { seq, hash, line: `${body}${seam}${hash}"}\n` };
}

/** Without the bracket at its end, and with what is longer than that cut. */
function written(fields: object, longest: number): string {
  const cut = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
  return JSON.stringify(fields, cut).slice(0, -1);
}

/** The hash that a line has to have, and the one that it has; undefined where it has none. */
export function hashesOf(
  line: Buffer,
  key?: string,
): { readonly due: string; readonly found: string } | undefined {
  const at = line.lastIndexOf(seam);
  const found = /^([0-9a-f]{64})"\}$/.exec(line.toString('latin1', at + seam.length))?.[1];
  return at < 0 || found === undefined ? undefined : { due: hashOf(line.subarray(0, at), key), found };
}

function hashOf(bytes: Uint8Array, key: string | undefined): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(key, 'base64'));
  return hash.update(bytes).digest('hex');
}
