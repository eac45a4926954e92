import type { AdminSession, RevocationAnswer, RevocationRequest } from '@latchkey/contract';
import { printable } from '../output/terminal.ts';
import type { FoundSessions } from './operator.ts';

const ofOneTask =
  'Only the asked task of auth was meant: without REDIS_URL each remembers by itself, and forgets when it ends.';
const notPublished = 'The store cannot be reached: other tasks of auth hear of it when it is back.';

/** Sessions as a table, a line each. Times are UTC. */
export function renderSessions({ sessions, shared }: FoundSessions): string {
  const rows = [
    ['E-MAIL', 'PROVIDER', 'SIGNED IN', 'LAST SEEN', 'BROWSER', 'ADDRESS', 'SID'],
    ...sessions.map(rowOf),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const table = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const count = sessions.length === 1 ? '1 session' : `${sessions.length} sessions`;
  const lines = [...(sessions.length === 0 ? [] : [...table, '']), `${count}. Times are UTC.`];
  return `${[...lines, ...(shared ? [] : [ofOneTask])].join('\n')}\n`;
}

/** What came of an end, in sentences. */
export function renderRevocation(
  wish: RevocationRequest,
  { known, shared, published }: RevocationAnswer,
): string {
  const lines = [
    doneOf(wish, known),
    'Applications notice within SESSION_TTL_VALID, a minute unless it says otherwise.',
    ...(published ? [] : [notPublished]),
    ...(shared ? [] : [ofOneTask]),
  ];
  return `${lines.join('\n')}\n`;
}

function doneOf(wish: RevocationRequest, known = 0): string {
  if ('all' in wish) return 'All sessions of everybody have ended.';
  if ('sid' in wish) return `The session ${printable(wish.sid)} has ended.`;
  const email = printable(wish.email.toLowerCase());
  const count = known === 1 ? '1 that auth knew' : `${known} that auth knew`;
  return `All sessions of ${email} have ended: ${count}, and those that it did not.`;
}

function rowOf({ email, provider, browser, address, sid, ...times }: AdminSession): string[] {
  const { signed_in_at: signedIn, last_seen_at: lastSeen } = times;
  const cells = [
    email,
    provider,
    minuteOf(signedIn),
    minuteOf(lastSeen),
    browser ?? '-',
    address ?? '-',
    sid,
  ];
  return cells.map(printable);
}

function minuteOf(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
