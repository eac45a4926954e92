import type { Unasserted } from './assertion.ts';

/** The status of the answer to whom nobody is named. */
export const statusOf = { missing: 403, invalid: 403, away: 503 } as const;

/** What it says. */
export function sentenceOf({ why }: Unasserted): string {
  return why === 'away'
    ? 'The connector of this application cannot check who asks, because it cannot get the keys of assertions. Try again in a moment.'
    : 'The connector of this application lets nobody through without a valid assertion for it. Tell the people who run it.';
}
