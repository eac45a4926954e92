const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago something was, in words that need no clock of the reader. Times are written down every few minutes only. */
export function agoOf(at: number, now: number): string {
  const passed = now - at;
  if (passed < 10 * minute) return 'a few minutes ago';
  if (passed < 2 * hour) return `${Math.floor(passed / minute)} minutes ago`;
  if (passed < 2 * day) return `${Math.floor(passed / hour)} hours ago`;
  return `${Math.floor(passed / day)} days ago`;
}

const date = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** A moment: `26 November 2026 at 09:30 UTC`. We do not know where its reader is. */
export function dateOf(at: number): string {
  return `${date.format(at)} UTC`;
}
