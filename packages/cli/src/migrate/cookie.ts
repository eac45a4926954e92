import type { MigrationRule, MigrationSubject, RulePlace } from './rule.ts';
import { unset, variables } from './rule.ts';

const cookieDomain = /^(?:SESSION_)?COOKIE_DOMAIN$/;

/** Differences of the session cookie, which the two services may now share. */
export const cookieRules: readonly MigrationRule[] = [
  {
    code: 'LK712',
    severity: 'warning',
    title: 'A shared session cookie that the proxy cannot open',
    before: 'Each service has a cookie and a secret of its own.',
    now: 'With `SESSION_COOKIE_DOMAIN` one cookie is for all hosts below it, and both services open it. With different secrets that does not work, and the proxy is not ready: `/ping` answers 503 and says why.',
    todo: 'Write the same `SESSION_COOKIE_SECRET` in both services, or remove `SESSION_COOKIE_DOMAIN`.',
    find: sharedCookieWithSecretsThatDiffer,
  },
  {
    code: 'LK713',
    severity: 'notice',
    title: '`SESSION_COOKIE_DOMAIN` saves redirects',
    before: 'Every host has a session of its own, and the sign-in at the next host is not visible to people.',
    now: 'Without this variable that is the same: each host gets a session by a few redirects. With it, and with one `SESSION_COOKIE_SECRET`, one cookie is used by all hosts below it.',
    todo: 'Nothing. Set both in both services, to the domain that auth and all applications share, to save the redirects: corp.example.com.',
    find: unset(cookieDomain),
  },
  {
    code: 'LK714',
    severity: 'notice',
    title: 'One name for the one session cookie',
    before: 'The proxy has `_sso_proxy`, auth has `_sso_auth_<slug>`, or what this variable says.',
    now: 'Both use one name, by default `_sso_proxy`, with `__Secure-` in front where the cookie is secure.',
    todo: 'Remove the variable, or write the same in both services.',
    find: variables(/^(?:SESSION_)?COOKIE_NAME$/),
  },
  {
    code: 'LK715',
    severity: 'notice',
    title: 'Scripts never see the session cookie',
    before: '`SESSION_COOKIE_HTTPONLY=false` lets scripts read it.',
    now: 'The variable has no effect.',
    todo: 'Remove it.',
    find: variables(/^(?:SESSION_COOKIE_HTTPONLY|COOKIE_HTTP_ONLY)$/, (value) => /^f(?:alse)?$/i.test(value)),
  },
  {
    code: 'LK720',
    severity: 'notice',
    title: '`SESSION_COOKIE_EXPIRE` counts from the sign-in',
    before: 'The cookie is set again at every check, so that its time starts again while a person works.',
    now: 'It is written at the sign-in, and again when the provider gives a new grant.',
    todo: 'Set it to a working day at least, or leave it out (168h), unless people should sign in more often.',
    find: variables(/^(?:SESSION_COOKIE_EXPIRE|COOKIE_EXPIRE)$/),
  },
  {
    code: 'LK716',
    severity: 'warning',
    title: 'Forwarding headers are trusted from known addresses only',
    before: '`X-Forwarded-For` is accepted from any client and forwarded.',
    now: 'From an address that `SERVER_TRUSTED_PROXIES` does not name, `X-Forwarded-For` and `X-Forwarded-Proto` are replaced.',
    todo: 'Set `SERVER_TRUSTED_PROXIES` to the networks of your load balancers: 10.0.0.0/8.',
    find: unset(/^SERVER_TRUSTED_PROXIES$/),
  },
];

function sharedCookieWithSecretsThatDiffer(subject: MigrationSubject): RulePlace[] {
  if (unset(cookieDomain)(subject).length > 0) return [];
  const secrets = subject.entries.filter(({ name }) => /^(?:SESSION_)?COOKIE_SECRET$/i.test(name));
  // Two files are the two services; within one file the last value counts.
  const byFile = new Map(secrets.map((entry) => [entry.file, entry]));
  if (new Set([...byFile.values()].map(({ value }) => value)).size < 2) return [];
  return [...byFile.values()].map(({ name, file, line }) => ({ file, line, column: 1, about: name }));
}
