import type { RosterOutcome } from './roster.ts';

const advice: Readonly<Partial<Record<RosterOutcome, string>>> = {
  everybody: 'everybody of the domain is in it: name them with allowed_email_domains',
  refused:
    'Google does not let us list it (403): check what the administrator of GOOGLE_IMPERSONATE may read',
  too_large: 'it has more than 2 000 people: name smaller groups, or shorten the interval',
  too_many:
    'the groups that routes name have too many people together: name smaller groups, or shorten the interval',
};

/** What an operator can do where there is no roster; undefined where there is nothing to do, or another line says it. */
export function noRosterAdvice(outcome: RosterOutcome): string | undefined {
  return advice[outcome];
}
