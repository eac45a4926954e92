import type { MigrationRule, MigrationSubject, RulePlace } from './rule.ts';

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
    now: 'Page visits are redirected. All else gets 401: forms and frames as a page with a link, programs as JSON that says why and where to sign in. Every error has a body. `/oauth2/auth` says 403 to who is signed in and may not pass, and 401 to nobody.',
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
    now: 'Sessions go on through `SESSION_TTL_GRACEPERIOD`, counted from when auth last vouched for them. A session that was ended leads to the sign-in.',
    todo: 'Nothing.',
    find: wholeFile,
  },
  {
    code: 'LK756',
    severity: 'notice',
    title: 'Log lines have another form',
    before:
      'A line is JSON with `http_status`, `request_uri` and the like, and holds whole addresses, codes and e-mails of queries included.',
    now: 'A line is JSON with fields of its own. It says who, which route, which reason and which status, and holds no query, cookie, code or token.',
    todo: 'Look at searches and alarms that read the log.',
    find: wholeFile,
  },
  {
    code: 'LK757',
    severity: 'notice',
    title: 'Paths are forwarded as they came',
    before: '`//a` and `/x/../y` are redirected to a tidier path, and `/favicon.ico` is 404 to strangers.',
    now: "The application gets the path byte for byte. `/oauth2/me`, `/oauth2/apps` (which leads to the launcher) and `/oauth2/sign_in` are the proxy's on every host, besides the addresses it had.",
    todo: 'Nothing, unless an application has one of these addresses itself.',
    find: wholeFile,
  },
  {
    code: 'LK758',
    severity: 'notice',
    title: 'Signing out is for all applications',
    before: '`/oauth2/sign_out` ends the session of one host. The others go on until the provider says no.',
    now: 'It ends the session, and with it those of all hosts, at the latest after `SESSION_TTL_VALID`. It asks first.',
    todo: 'Nothing. A link to it goes on working.',
    find: wholeFile,
  },
  {
    code: 'LK759',
    severity: 'notice',
    title: 'A malformed answer of an application is refused',
    before:
      'Two equal `Content-Length` headers, lines that end with a bare line feed, folded lines, and control characters in a header are taken, mended and passed on.',
    now: 'It is 502 `upstream_malformed`, and the log line says what was found: the next reader of such an answer may read it otherwise.',
    todo: 'Ask old applications once through the proxy before they move.',
    find: wholeFile,
  },
  {
    code: 'LK760',
    severity: 'notice',
    title: 'A redirect to the own address of an application leads to the public one',
    before:
      '`Location` reaches the browser as it was written, with an address that only the proxy can reach.',
    now: 'Where `Location`, `Content-Location` or `Refresh` names the address in `to`, the one in `from` takes its place.',
    todo: 'Nothing. `preserve_location: true` leaves them as they are.',
    find: wholeFile,
  },
];

function wholeFile({ file }: MigrationSubject): RulePlace[] {
  return [{ file, line: 1, column: 1 }];
}
