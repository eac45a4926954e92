import type { MigrationRule, MigrationSubject, Place } from './rule.ts';
import { variables } from './rule.ts';

/** Differences of the session cookie, which the two services now share. */
export const cookieRules: readonly MigrationRule[] = [
  {
    code: 'LK711',
    severity: 'warning',
    title: 'Both services need the same `SESSION_COOKIE_SECRET`',
    before: 'Each service has a cookie and a secret of its own.',
    now: 'They share one session cookie: auth seals it and the proxy opens it. With different secrets every sign-in ends where it began.',
    todo: 'Give both services the same value. Several, with commas between, let you change it without signing anyone out.',
    find: variables(/^(?:SESSION_)?COOKIE_SECRET(?:_FILE)?$/),
  },
  {
    code: 'LK712',
    severity: 'error',
    title: 'The secrets of the session cookie differ',
    before: 'Each service has a secret of its own.',
    now: 'The proxy cannot open what auth sealed.',
    todo: 'Write the same `SESSION_COOKIE_SECRET` in both files.',
    find: secretsThatDiffer,
  },
  {
    code: 'LK713',
    severity: 'warning',
    title: '`SESSION_COOKIE_DOMAIN` makes it a single sign-on',
    before: 'Every host has a session of its own, and signing in at the next one goes by silently.',
    now: 'One cookie serves all hosts below `SESSION_COOKIE_DOMAIN`. Unset, it stays with one host.',
    todo: 'Set it, in both services, to the domain that auth and all applications share: corp.example.com.',
    find: ({ entries, file }) => {
      const names = entries.map(({ name }) => name.toUpperCase());
      const isSet = names.some((name) => /^(?:SESSION_)?COOKIE_DOMAIN$/.test(name));
      const [first] = entries;
      return isSet ? [] : [{ file: first?.file ?? file, line: 1, column: 1 }];
    },
  },
  {
    code: 'LK714',
    severity: 'notice',
    title: 'One name for the one session cookie',
    before: 'The proxy has `_sso_proxy`, auth has `_sso_auth_<slug>`, or what this variable says.',
    now: 'Both use one name, by default `_sso_proxy`, with `__Secure-` in front where the cookie is secure.',
    todo: 'Take the variable out, or write the same in both services.',
    find: variables(/^(?:SESSION_)?COOKIE_NAME$/),
  },
  {
    code: 'LK715',
    severity: 'notice',
    title: 'Scripts never see the session cookie',
    before: '`SESSION_COOKIE_HTTPONLY=false` lets scripts read it.',
    now: 'The variable has no effect.',
    todo: 'Take it out.',
    find: variables(/^(?:SESSION_COOKIE_HTTPONLY|COOKIE_HTTP_ONLY)$/, (value) => /^f(?:alse)?$/i.test(value)),
  },
  {
    code: 'LK716',
    severity: 'warning',
    title: 'Forwarding headers are believed from known addresses only',
    before: '`X-Forwarded-For` is taken from anybody and passed on.',
    now: 'From an address that `SERVER_TRUSTED_PROXIES` does not name, `X-Forwarded-For` and `X-Forwarded-Proto` are replaced.',
    todo: 'Set `SERVER_TRUSTED_PROXIES` to the networks of your load balancers: 10.0.0.0/8.',
    find: ({ entries, file }) => {
      const isSet = entries.some(({ name }) => name.toUpperCase() === 'SERVER_TRUSTED_PROXIES');
      return isSet ? [] : [{ file: entries[0]?.file ?? file, line: 1, column: 1 }];
    },
  },
];

/** Two files are the two services; within one file the last value counts. */
function secretsThatDiffer({ entries }: MigrationSubject): Place[] {
  const secrets = entries.filter(({ name }) => /^(?:SESSION_)?COOKIE_SECRET$/i.test(name));
  const byFile = new Map(secrets.map((entry) => [entry.file, entry]));
  if (new Set([...byFile.values()].map(({ value }) => value)).size < 2) return [];
  return [...byFile.values()].map(({ name, file, line }) => ({ file, line, column: 1, about: name }));
}
