import type { Unasserted } from './assertion.ts';

/** Why something does not go through. */
export type Refused = Unasserted | { readonly why: 'rule'; readonly rule: string; readonly detail: string };

/** The status of the answer. */
export const refusalStatus = { missing: 403, invalid: 403, rule: 403, away: 503 } as const;

/** What it says. */
export function refusalSentence({ why }: Refused): string {
  return sentences[why];
}

const nobody =
  'The connector of this application lets nobody through without a valid assertion for it. Tell the people who run it.';

const sentences = {
  away: 'The connector of this application cannot check who asks, because it cannot get the keys of assertions. Try again in a moment.',
  rule: 'The connector of this application has a rule of its own, and it does not let you in. Tell the people who run it.',
  missing: nobody,
  invalid: nobody,
} as const satisfies Record<Refused['why'], string>;
