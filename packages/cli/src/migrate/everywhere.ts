import type { MigrationRule, MigrationSubject, Place } from './rule.ts';

/** Differences that every deployment has. */
export const everywhereRules: readonly MigrationRule[] = [
  {
    code: 'LK751',
    severity: 'notice',
    title: 'Everybody signs in once again',
    before: 'Sessions are in cookies of its own form.',
    now: 'The form is another one, and so is what the two services say to each other.',
    todo: 'Deploy both services together.',
    find: wholeFile,
  },
  {
    code: 'LK752',
    severity: 'notice',
    title: 'Programs get 401, not a redirect',
    before: 'Every request without a session is redirected to the sign-in; a POST loses its form.',
    now: 'Page visits are redirected. All else gets 401 with JSON that says why and where to sign in. Every error has a body.',
    todo: 'Look at programs that follow the redirect, and at alarms that count 302.',
    find: wholeFile,
  },
  {
    code: 'LK753',
    severity: 'notice',
    title: 'Nobody but the proxy says who is asking',
    before:
      'On public paths `X-Forwarded-User` and its like are passed on as the client sent them, and even signed.',
    now: 'On every route they are taken off in every spelling, and the cookies of Latchkey with them.',
    todo: 'Nothing, unless a program in front of the proxy sets such headers for an application.',
    find: wholeFile,
  },
  {
    code: 'LK754',
    severity: 'notice',
    title: 'An application that is too slow is 504',
    before: 'It is 503, and `timeout` is for the whole answer.',
    now: 'It is 504, and `timeout` is for its beginning: an answer that is flowing is not cut.',
    todo: 'Look at alarms that count 503.',
    find: wholeFile,
  },
  {
    code: 'LK755',
    severity: 'notice',
    title: 'A failure that passes signs nobody out',
    before: 'When the provider or auth fails at the wrong moment, people get 403 and lose their session.',
    now: 'Sessions that are known go on through `SESSION_TTL_GRACEPERIOD`. A session that was ended leads to the sign-in.',
    todo: 'Nothing.',
    find: wholeFile,
  },
];

function wholeFile({ file }: MigrationSubject): Place[] {
  return [{ file, line: 1, column: 1 }];
}
