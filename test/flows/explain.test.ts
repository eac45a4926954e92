import { expect, test } from '@jest/globals';
import { logLines } from '@latchkey/contract';
import { latchkey } from '@latchkey/testing/latchkey';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const upstreams = `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      skip_auth_regex: ['^/public/']
- service: wiki
  default:
    from: wiki.latchkey.localhost
    to: {{app}}/base?fixed=1
    options:
      allowed_groups: [engineering@example.com, engineering]
      preserve_host: true
      skip_auth_preflight: true
- service: vault
  default:
    from: vault.latchkey.localhost
    to: {{app}}
    options:
      allowed_groups: [security@example.com]
      allowed_email_addresses: [finance@example.com]
- service: boards
  default:
    type: rewrite
    from: ^(\\d+)-board[.]latchkey[.]localhost$
    to: http://127.0.0.1:$1
    options:
      allowed_email_domains: ['*']
- service: other
  default:
    from: other.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      provider_slug: okta
- service: apps
  default: {type: launcher, from: apps.latchkey.localhost, options: {allowed_email_domains: [example.com]}}
`;
const the = useStack({ https: true, upstreams });

type Case = {
  host: string;
  target?: string;
  method?: string;
  scheme?: 'http' | 'https';
  headers?: Record<string, string>;
  as?: string;
};

const engineer = 'engineer@example.com';
const finance = 'finance@example.com';
const groups: Record<string, string> = { [engineer]: 'engineering@example.com', [finance]: '' };
const handshake = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const preflight = { Origin: 'https://a.example', 'Access-Control-Request-Method': 'PUT' };

function files(): Record<string, string> {
  return {
    'up.yml': upstreams,
    'all.env': `UPSTREAM_CLUSTER=test
SERVER_PUBLIC_PORTS=${the.stack.ports.proxy}
UPSTREAM_SCHEME=http
SSO_CONFIG_APP=127.0.0.1:${the.stack.app.port}
SERVER_TRUSTED_PROXIES=127.0.0.0/8
AUTHORIZE_EMAIL_DOMAINS=example.com
`,
  };
}

async function explained({ host, target = '/', method = 'GET', scheme = 'https', headers = {}, as }: Case) {
  const { stdout } = await latchkey(files(), [
    'explain',
    'up.yml',
    '--env-file',
    'all.env',
    '--format',
    'json',
    '--url',
    `${scheme}://${host}.latchkey.localhost:${the.stack.ports.proxy}${target}`,
    '--method',
    method,
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...(as === undefined ? [] : ['--as', as, '--groups', groups[as] ?? '', '--provider', 'google']),
  ]);
  return JSON.parse(stdout) as {
    allow: boolean;
    status: number | null;
    error: string | null;
    reason: string | null;
    redirect: string | null;
    target: string | null;
    headers: Record<string, string> | null;
  };
}

async function answered({ host, target = '/', method = 'GET', scheme = 'https', headers = {}, as }: Case) {
  const { ports } = the.stack;
  const browser = as === undefined ? undefined : await the.signedIn(as);
  const cookie = browser && (await cookieHeader(browser, the.stack.url('hello')));
  const lines = Object.entries({
    Host: `${host}.latchkey.localhost:${ports.proxy}`,
    'X-Forwarded-Proto': scheme,
    ...('Upgrade' in headers ? {} : { Accept: 'text/html', Connection: 'close' }),
    ...(cookie === undefined ? {} : { Cookie: cookie }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\n`);
  the.stack.app.answerUpgrade = (socket) => void socket.end('HTTP/1.1 418 No\r\nConnection: close\r\n\r\n');
  return sendRaw(ports.proxy, `${method} ${target} HTTP/1.1\n${lines.join('')}\n`);
}

test.each<Case>([
  { host: 'hello' },
  { host: 'hello', as: engineer },
  { host: 'hello', target: `/?q=${'%20'.repeat(4_000)}` },
  { host: 'hello', target: '/a%2Fb/../c?x=%2F', as: engineer },
  { host: 'hello', target: '/public/x' },
  { host: 'hello', target: '/public/x', as: engineer },
  { host: 'hello', target: '/public/..%2fadmin' },
  { host: 'hello', target: '//public/x' },
  { host: 'hello', method: 'POST' },
  { host: 'hello', headers: { 'Sec-Fetch-Mode': 'cors' } },
  { host: 'hello', headers: { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' } },
  { host: 'hello', headers: { Accept: 'application/json' } },
  { host: 'hello', headers: { 'X-Requested-With': 'XMLHttpRequest' } },
  { host: 'hello', scheme: 'http', as: engineer },
  { host: 'hello', headers: { 'X-Forwarded-User': 'admin' }, as: engineer },
  { host: 'wiki', as: engineer },
  { host: 'wiki', target: '/a?b=c', as: engineer },
  { host: 'wiki', target: '/a/../../b', as: engineer },
  { host: 'wiki', as: finance },
  { host: 'wiki', method: 'OPTIONS', headers: preflight },
  { host: 'wiki', method: 'OPTIONS' },
  { host: 'hello', method: 'OPTIONS', headers: preflight },
  { host: 'vault', as: engineer },
  { host: 'vault', as: finance },
  { host: 'nowhere', as: engineer },
  { host: 'nowhere', target: '/ping' },
  { host: 'bad host' },
  { host: '99999-board', as: engineer },
  { host: 'other', as: engineer },
  { host: 'apps', as: engineer },
  { host: 'apps' },
  { host: 'hello', target: '/sw.js', headers: { 'Service-Worker': 'script' }, as: engineer },
  { host: 'hello', target: '/public/x', headers: { Authorization: 'NTLM TlRMTVNTUAAB' } },
  { host: 'bad host', target: '/ping' },
  { host: 'hello', headers: { Host: 'hello.latchkey.localhost:443' }, as: engineer },
  { host: 'hello', headers: handshake },
  { host: 'hello', target: '/ws', headers: handshake, as: engineer },
  { host: 'hello', headers: { ...handshake, Origin: 'https://evil.example' }, as: engineer },
  { host: 'hello', target: '/public/', headers: { ...handshake, Origin: 'https://evil.example' } },
])('explain says what the proxy does: %j', async (asked) => {
  const answer = await answered(asked);
  const [reached] = the.stack.app.received;
  const { status, redirect, target, headers, error } = await explained(asked);

  if (redirect !== null) {
    expect([answer.status, answer.head]).toEqual([308, expect.stringContaining(`Location: ${redirect}`)]);
    return;
  }
  if (target === null) {
    expect(status ?? 200).toBe(answer.status);
    if (error !== null && answer.body.startsWith('{'))
      expect(JSON.parse(answer.body)).toMatchObject({ error });
    expect(reached).toBeUndefined();
    return;
  }
  expect(answer.status).toBe('Upgrade' in (asked.headers ?? {}) ? 418 : 200);
  if (reached === undefined) return;
  expect(target).toBe(`http://127.0.0.1:${the.stack.app.port}${reached.target}`);
  for (const name of ['Host', 'X-Forwarded-User', 'X-Forwarded-Email', 'X-Forwarded-Groups']) {
    expect([name, valuesOf(reached, name)]).toEqual([name, [headers?.[name] ?? []].flat()]);
  }
});

test('the log of all that, replayed with the same file, holds nothing that would be decided otherwise', async () => {
  const lines = the.stack.log.filter(({ service, msg }) => service === 'proxy' && msg in logLines);
  const misfits = lines.filter(
    (line) => !Object.values(logLines).some((schema) => schema.safeParse(line).success),
  );
  const all = { ...files(), log: lines.map((line) => `${JSON.stringify(line)}\n`).join('') };
  const args = ['replay', 'up.yml', 'log', '--env-file', 'all.env', '--before', 'up.yml', '--format', 'json'];
  const { stdout, code } = await latchkey(all, args);

  expect(lines.length).toBeGreaterThan(30);
  expect(misfits).toEqual([]);
  expect(JSON.parse(stdout)).toMatchObject({
    differences: [],
    unknown: { no_decision: expect.any(Number) as unknown },
  });
  expect(code).toBe(0);
});
