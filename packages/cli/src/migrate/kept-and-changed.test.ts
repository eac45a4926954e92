import { beforeAll, describe, expect, test } from '@jest/globals';
import { latchkey } from '@latchkey/testing/latchkey';
import { migrationRules } from './rules.ts';

/** A deployment of BuzzFeed SSO that touches everything that is otherwise now. */
const upstreams = `- service: vault
  default:
    from: Vault.{{root_domain}}
    to: vault.local:8200/v1
    options:
      allowed_groups: [secops@corp.example.com]
      skip_auth_regex: [/sys/health]
      timeout: 30
  prod:
    options:
      reset_deadline: 5s
- service: snappass
  default:
    from: secrets.{{root_domain}}
    to: secrets.local:5000
    options:
      allowed_email_domains: [corp.example.com]
      allowed_groups: [eng@corp.example.com]
      header_overrides: {Strict-Transport-Security: max-age=1}
      flush_interval: 1s
      provider_slug: okta
      pass_access_token: true
      skip_auth_preflight: true
      inject_request_headers: {X-Forwarded-Prefix: /x}
      preserve_host: true
    extra_routes:
      - from: other.{{root_domain}}
        options: {preserve_host: false}
- service: twice
  default: {from: secrets.{{root_domain}}, to: x, options: {allowed_groups: [a]}}
- service: pattern
  default: {from: '(h)[.]com', to: 'http://$1', type: rewrite, options: {allowed_groups: [a]}}
- service: misplaced
  options: {allowed_groups: [x]}
  default: {from: m.{{root_domain}}, to: x}
- service: unknown
  default: {from: u.{{root_domain}}, to: x, type: static, options: {allowed_groups: [x]}}
`;

const environment = `PROVIDER_URL_EXTERNAL=https://sso.corp.example.com
CLIENT_ID=proxy
CLIENT_PROXY_ID=proxy
SSO_CONFIG_ROOT_DOMAIN=corp.example.com
SESSION_TTL_VALID=60
SESSION_COOKIE_EXPIRE=1h
SESSION_COOKIE_NAME=_mine
SESSION_COOKIE_HTTPONLY=false
SESSION_COOKIE_SECURE=maybe
UPSTREAM_DEFAULT_GROUPS=a, b
UPSTREAM_DEFAULT_TCP_RESET_DEADLINE=30s
SERVER_TIMEOUT_WRITE=5m
COOKIE_DOMAIN=
GRACE_PERIOD_TTL=3h
LOGGING_LEVEL=debug
PROVIDER_X_TYPE=google
PROVIDER_SCOPE=x
`;

async function codesOf(text: string, ...envFiles: string[]): Promise<Set<string>> {
  const files = Object.fromEntries(envFiles.map((content, at) => [`${at}.env`, content]));
  const named = Object.keys(files).flatMap((name) => ['--env-file', name]);
  const args = ['migrate', 'up.yml', ...named, '--format', 'json'];
  const { stdout } = await latchkey({ 'up.yml': text, ...files }, args);
  const { findings }: { findings: Array<{ code: string }> } = JSON.parse(stdout);
  return new Set(findings.map(({ code }) => code));
}

/** Everything that we changed on purpose, and where `migrate` says so. */
const changes: ReadonlyArray<[area: string, change: string, codes: string[]]> = [
  ['environment', 'lists are trimmed', ['LK703']],
  ['environment', "each service ignores the other's variables", ['LK709']],
  ['environment', 'a duration has a unit', ['LK701', 'LK724']],
  ['environment', 'the group cache has an interval', ['LK708']],
  ['environment', 'LOGGING_LEVEL works', ['LK707']],
  ['environment', 'without a cluster, `default` alone', ['LK706']],
  ['environment', 'all errors at once', ['LK702']],
  ['environment', 'a secret may come from elsewhere', ['LK718']],
  ['environment', 'older names are read', ['LK704']],
  ['environment', 'documented names that were never read are', ['LK705']],
  ['environment', 'what is not built yet', ['LK719']],
  ['file', 'options of a cluster over those of default', ['LK721']],
  ['file', 'options beside the sections', ['LK722']],
  ['file', 'two routes for one host', ['LK723']],
  ['file', 'anything else that is refused', ['LK725']],
  ['file', 'letter case, trailing dot and default port', ['LK726']],
  ['file', 'rewrite patterns match the whole host', ['LK727']],
  ['file', 'a host name does not lead to the own machine', ['LK735']],
  ['file', 'public patterns see the canonical path', ['LK742']],
  ['file', 'options that were dropped take effect', ['LK732', 'LK733', 'LK743']],
  ['file', 'WebSockets and streams without flush_interval', ['LK728', 'LK710']],
  ['file', 'what switches off is heeded', ['LK731']],
  ['who gets in', 'any one kind of rule suffices', ['LK741']],
  ['upstream', 'spoofable headers and our cookies are taken off', ['LK753', 'LK730']],
  ['upstream', 'header_overrides replaces', ['LK729']],
  ['upstream', 'a slow application is 504, and a stream is not cut', ['LK754']],
  ['upstream', 'forwarding headers of strangers are replaced', ['LK716']],
  ['upstream', 'paths arrive as they came', ['LK734', 'LK757']],
  ['upstream', 'malformed answers are refused', ['LK759']],
  ['upstream', 'redirects lead to the public address', ['LK760']],
  ['endpoints', 'errors have a body, and programs get 401', ['LK752']],
  ['endpoints', 'a revoked token leads to sign-in, a failure that passes clears nothing', ['LK755']],
  ['endpoints', 'signing out is for all', ['LK758']],
  ['sessions', 'one cookie, of another form', ['LK751', 'LK713', 'LK714', 'LK715', 'LK720']],
  ['dashboards', 'DogStatsD where a host is named, no secrets in logs', ['LK717', 'LK756']],
];

describe('every change is reported where a deployment touches it', () => {
  const reported = new Set<string>();

  beforeAll(async () => {
    for (const cluster of ['', 'prod']) {
      const codes = await codesOf(upstreams, `${environment}UPSTREAM_CLUSTER=${cluster}\n`);
      for (const code of codes) reported.add(code);
    }
  });

  test.each(changes)('%s: %s', (_, __, codes) => {
    expect([...reported]).toEqual(expect.arrayContaining(codes));
  });
});

test('LK712 needs a shared cookie, and two files', async () => {
  const shared = 'SESSION_COOKIE_DOMAIN=corp.example.com\nSESSION_COOKIE_SECRET=';
  expect(await codesOf(upstreams, `${shared}one\nCLIENT_ID=a\n`, `${shared}two\nSERVER_HOST=a\n`)).toContain(
    'LK712',
  );
});

test('every difference that is known is in the table above', () => {
  const inTable = new Set([...changes.flatMap(([, , codes]) => codes), 'LK712']);
  expect(migrationRules.map(({ code }) => code).filter((code) => !inTable.has(code))).toEqual([]);
});
