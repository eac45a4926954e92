import type { MigrationRule, MigrationSubject, RulePlace } from './rule.ts';

/** Differences that every deployment has. */
export const everywhereRules: readonly MigrationRule[] = [
  {
    code: 'LK751',
    severity: 'notice',
    title: 'Everybody signs in once again',
    before: 'Sessions are in cookies of its own format.',
    now: 'The format of sessions is different, and so is the protocol between the services.',
    todo: 'Deploy both services together.',
    find: wholeFile,
  },
  {
    code: 'LK752',
    severity: 'notice',
    title: 'Programs get 401, not a redirect',
    before: 'Every request without a session is redirected to the sign-in; a POST loses its form.',
    now: 'Page visits are redirected. All other requests get 401: forms and frames a page with a link, programs JSON with the reason and the address for the sign-in. Every error has a body. `/oauth2/auth` answers 403 if the person is signed in and has no access, and 401 if nobody is signed in.',
    todo: 'Check programs that follow the redirect, and alarms that count 302.',
    find: wholeFile,
  },
  {
    code: 'LK753',
    severity: 'notice',
    title: 'Only the proxy sets identity headers',
    before:
      'On public paths `X-Forwarded-User` and its like are passed on as the client sent them, and even signed.',
    now: 'On every route they are removed in every spelling, and so are the cookies of Latchkey, and headers that say which device somebody uses (`Client-Cert`, `X-SSL-Client-…` and the like).',
    todo: 'Nothing, unless a program in front of the proxy sets such headers for an application.',
    find: wholeFile,
  },
  {
    code: 'LK754',
    severity: 'notice',
    title: 'An application that is too slow gives 504',
    before: 'It is 503, and `timeout` is for the whole answer.',
    now: 'It is 504, and `timeout` is only for the beginning of the answer: an answer that has begun is not cut off.',
    todo: 'Check alarms that count 503.',
    find: wholeFile,
  },
  {
    code: 'LK755',
    severity: 'notice',
    title: 'A temporary failure signs nobody out',
    before: 'When the provider or auth fails at the wrong moment, people get 403 and lose their session.',
    now: 'Sessions stay valid during `SESSION_TTL_GRACEPERIOD`, counted from the last confirmation by auth. A session that was ended leads to the sign-in.',
    todo: 'Nothing.',
    find: wholeFile,
  },
  {
    code: 'LK756',
    severity: 'notice',
    title: 'Log lines have another form',
    before:
      'A line is JSON with `http_status`, `request_uri` and the like, and holds whole addresses, codes and e-mails of queries included.',
    now: 'A line is JSON with fields of its own. It has the person, the route, the reason and the status, and never a query, cookie, code or token.',
    todo: 'Check searches and alarms that read the log.',
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
      'Two equal `Content-Length` headers, lines that end with a bare line feed, folded lines, and control characters in a header are accepted, corrected and forwarded.',
    now: 'It is 502 `upstream_malformed`, and the log line has the reason: browsers could read such an answer differently.',
    todo: 'Test old applications through the proxy before you move them.',
    find: wholeFile,
  },
  {
    code: 'LK760',
    severity: 'notice',
    title: 'A redirect to the internal address of an application leads to the public one',
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
