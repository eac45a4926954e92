import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey } from '@latchkey/testing/latchkey';

const files = {
  'up.yml': `- service: wiki
  default:
    from: wiki.example.com
    to: http://wiki.internal/base?a=1
    options:
      allowed_groups: [eng]
      allowed_email_addresses: [boss@example.com]
      skip_auth_regex: ['^/public/']
      skip_auth_preflight: true
- service: docs
  default:
    type: rewrite
    from: ^(.*)\\.docs\\.example\\.com$
    to: http://internal:$1
    options: {allowed_email_domains: [example.com], provider_slug: okta}
- service: apps
  default:
    type: launcher
    from: apps.example.com
    options: {allowed_email_domains: ["*"]}
`,
};
const ann = ['--as', 'Ann@Example.com', '--groups', 'eng, oncall'];

async function explain(url: string, ...args: string[]) {
  const asked = ['explain', 'up.yml', '--cluster', 'prod', '--format', 'json', '--url', url];
  const { code, stdout } = await latchkey(files, [...asked, ...args]);
  return { code, ...JSON.parse(stdout) };
}

test('says why somebody cannot get in, rule by rule', async () => {
  const asked = ['explain', 'up.yml', '--cluster', 'prod', '--url', 'https://wiki.example.com/page'];
  const { code, stdout } = await latchkey(files, [
    ...asked,
    '--as',
    'bob@example.com',
    '--groups',
    'Eng,ops',
  ]);
  expect(code).toBe(1);
  expect(stdout).toBe(`request  GET https://wiki.example.com/page
host     wiki.example.com
path     /page
person   bob@example.com, in Eng, ops
route    wiki, simple, from wiki.example.com (up.yml:3)

open to anybody?
  miss         skip_auth_preflight: true
  miss         skip_auth_regex: ^/public/
do the rules let this person in?
  miss         allowed_groups: eng
  miss         allowed_email_addresses: boss@example.com

not allowed: 403 access_denied. No rule of the application lets this person in.
note: auth may refuse the account before any of this: give its env file, too, with --env-file
note: "Eng" is not "eng": groups are compared letter by letter
`);
});

test('says what max_auth_age and idle_timeout would do, where there is somebody to ask', async () => {
  const limits = 'allowed_email_domains: [example.com], max_auth_age: 8h, idle_timeout: 30m';
  const limited = {
    'up.yml': `- service: pay\n  default: {from: pay.example.com, to: x, options: {${limits}, skip_auth_regex: ['^/public']}}\n`,
  };
  const notesOf = async (url: string, ...args: string[]) => {
    const asked = ['explain', 'up.yml', '--cluster', '', '--url', url, ...args];
    return (await latchkey(limited, asked)).stdout.split('\n').filter((line) => line.startsWith('note: '));
  };
  const notes = [
    expect.stringMatching(/max_auth_age: .* more than 8h ago, .* \(session_proof_old\)/),
    expect.stringMatching(/idle_timeout: .* within 30m, .* \(session_idle\)/),
  ];
  expect(await notesOf('https://pay.example.com/', ...ann)).toEqual(expect.arrayContaining(notes));
  expect(await notesOf('https://pay.example.com/')).toEqual(expect.arrayContaining(notes));
  expect(await notesOf('https://pay.example.com/public')).toEqual([]);
});

test('says which outgoing proxy the application is reached through', async () => {
  const env = 'HTTP_PROXY=http://ann:hunter2@proxy.internal:3128\nNO_PROXY=near.internal\n';
  const { stdout } = await latchkey({ ...files, 'proxy.env': env }, [
    'explain',
    'up.yml',
    '--env-file',
    'proxy.env',
    '--url',
    'https://wiki.example.com/',
    ...ann,
  ]);
  expect(stdout).toContain(
    'note: it is reached through the outgoing proxy http://proxy.internal:3128 (HTTP_PROXY)',
  );
  expect(stdout).not.toContain('hunter2');
});

describe('the decision', () => {
  test.each([
    ['a group', 'https://wiki.example.com/', ann, { allow: true, reason: 'allowed_group' }],
    [
      'an address',
      'https://wiki.example.com/',
      ['--as', 'boss@example.com'],
      { reason: 'allowed_email_address' },
    ],
    ['a public path', 'https://wiki.example.com/public/x', [], { allow: true, reason: 'public_path' }],
    ['nobody', 'https://wiki.example.com/', [], { allow: false, reason: 'no_session', error: null }],
    ['a program', 'https://wiki.example.com/', ['--method', 'post'], { error: 'not_signed_in', status: 401 }],
    [
      'no rule',
      'https://wiki.example.com/',
      ['--as', 'x@example.com'],
      { error: 'access_denied', status: 403 },
    ],
    ['an unknown host', 'https://nowhere.example.com/', ann, { error: 'unknown_host', status: 421 }],
    [
      'a host that cannot be read',
      'https://wiki.example.com@evil/',
      ann,
      { error: 'bad_request', status: 400 },
    ],
    [
      'a template that gives no address',
      'https://x.docs.example.com/',
      ann,
      { error: 'upstream_unreachable' },
    ],
    [
      'another provider',
      'https://wiki.example.com/',
      [...ann, '--provider', 'okta'],
      { reason: 'session_other_provider' },
    ],
    ['the launcher', 'https://apps.example.com/', ann, { allow: true, reason: 'signed_in', target: null }],
  ])('about %s', async (_, url, args, expected) => {
    expect(await explain(url, ...args)).toMatchObject({
      ...expected,
      code: 'allow' in expected && expected.allow ? 0 : expect.any(Number),
    });
  });

  test('about a preflight needs all three of its marks', async () => {
    const marks = ['--header', 'Origin: https://a.example', '--header', 'Access-Control-Request-Method: PUT'];
    const preflight = await explain('https://wiki.example.com/', '--method', 'OPTIONS', ...marks);
    expect(preflight).toMatchObject({ code: 0, reason: 'preflight' });
    expect(await explain('https://wiki.example.com/', '--method', 'OPTIONS')).toMatchObject({ code: 1 });
  });

  test('has every rule with hit, miss or not reached', async () => {
    const { rules } = await explain('https://wiki.example.com/', ...ann);
    expect(rules.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'miss',
      'miss',
      'hit',
      'not reached',
    ]);
  });

  test('of a script is 401, that of a page visit a redirect', async () => {
    const script = await explain('https://wiki.example.com/', '--header', 'Sec-Fetch-Mode: cors');
    expect(script).toMatchObject({ status: 401, outcome: expect.stringContaining('not a redirect') });
    const visit = await explain('https://wiki.example.com/');
    expect(visit).toMatchObject({
      status: 302,
      error: null,
      outcome: expect.stringContaining('sign-in with google'),
    });
  });
});

describe('the path is taken as it stands', () => {
  test.each([
    ['https://wiki.example.com/admin/../public/x', null, '/admin/../public/x'],
    ['https://wiki.example.com/public/..%2fadmin', null, '/public/..%2fadmin'],
    ['https://wiki.example.com//public/x', null, '//public/x'],
    ['https://wiki.example.com/public/%61', '/public/a', '/public/%61'],
    ['https://wiki.example.com/public/ü', '/public/ü', '/public/%C3%BC'],
    ['https://wiki.example.com', '/', '/'],
    ['https://wiki.example.com?q=/public/', '/', '/'],
    ['https://wiki.example.com/#/public/', '/', '/'],
    ['wiki.example.com/public/', '/public/', '/public/'],
  ])('%s', async (url, path, rawPath) => {
    expect(await explain(url)).toMatchObject({ path, rawPath });
  });

  test('and one with two readings is never public', async () => {
    const args = [
      'explain',
      'up.yml',
      '--cluster',
      '',
      '--url',
      'https://wiki.example.com/public/%2e%2e/admin',
    ];
    const { code, stdout } = await latchkey(files, args);
    expect(code).toBe(1);
    expect(stdout).toContain(
      '/public/%2e%2e/admin can be read in two ways, so no public pattern applies to it',
    );
  });
});

describe('the host is read as the proxy reads it', () => {
  test.each(['https://WIKI.example.com./', 'https://wiki.example.com:443/', 'http://wiki.example.com:80/'])(
    '%s',
    async (url) => {
      expect(await explain(url)).toMatchObject({
        host: 'wiki.example.com',
        port: null,
        route: { id: 'wiki' },
      });
    },
  );
});

test('the target has the raw path and query behind those of `to`', async () => {
  const { target } = await explain('https://wiki.example.com/a%20b?c=%2F', ...ann);
  expect(target).toBe('http://wiki.internal/base/a%20b?a=1&c=%2F');
});

test('a file with errors is not explained', async () => {
  const asked = ['explain', 'up.yml', '--cluster', '', '--url', 'https://a/'];
  const { code, stdout } = await latchkey({ 'up.yml': '- x: 1\n' }, asked);
  expect(code).toBe(1);
  expect(stdout).toContain('LK209');
});

describe('with the env file of auth', () => {
  const env = {
    ...files,
    'proxy.env': 'UPSTREAM_CLUSTER=prod\nPROVIDER_URL_EXTERNAL=https://sso.example.com\n',
    'auth.env': `AUTHORIZE_EMAIL_DOMAINS=example.com
AUTHORIZE_PROXY_DOMAINS=wiki.example.com
PROVIDER_G_TYPE=google
PROVIDER_G_SLUG=google
`,
    'people.env': 'AUTHORIZE_EMAIL_ADDRESSES=ann@example.com\n',
    'both.env': 'AUTHORIZE_EMAIL_ADDRESSES=ann@example.com\nAUTHORIZE_EMAIL_DOMAINS=example.com\n',
  };
  async function asked(envFiles: string[], ...args: string[]) {
    const command = ['explain', 'up.yml', ...envFiles.flatMap((file) => ['--env-file', file])];
    const { code, stdout } = await latchkey(env, [...command, '--format', 'json', ...args]);
    return { code, ...JSON.parse(stdout) };
  }
  const wiki = ['--url', 'https://wiki.example.com/'];

  test('a person whom auth admits is judged by the rules', async () => {
    expect(await asked(['proxy.env', 'auth.env'], ...wiki, ...ann)).toMatchObject({
      allow: true,
      signIn: [{ rule: 'AUTHORIZE_EMAIL_DOMAINS: example.com', outcome: 'hit' }],
    });
  });

  test('a person whom auth refuses never comes to the rules', async () => {
    const verdict = await asked(
      ['proxy.env', 'auth.env'],
      ...wiki,
      '--as',
      'ann@exmaple.com',
      '--groups',
      'eng',
    );
    expect(verdict).toMatchObject({
      code: 1,
      error: 'account_refused',
      status: 403,
      signIn: [{ rule: 'AUTHORIZE_EMAIL_DOMAINS: example.com', outcome: 'miss' }],
      notes: expect.arrayContaining(['example.com is in the list, and differs from this by a few letters']),
    });
    expect(verdict.rules.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'miss',
      'miss',
      'not reached',
      'not reached',
    ]);
  });

  test('a list of addresses is reported as such, without any other variable of auth', async () => {
    expect(await asked(['proxy.env', 'people.env'], ...wiki, '--as', 'boss@example.com')).toMatchObject({
      error: 'account_refused',
      signIn: [{ rule: 'AUTHORIZE_EMAIL_ADDRESSES: ann@example.com', outcome: 'miss' }],
    });
  });

  test('lists that auth would refuse to start with decide nothing', async () => {
    const verdict = await asked(['proxy.env', 'both.env'], ...wiki, ...ann);
    expect(verdict).toMatchObject({ allow: true, signIn: [] });
    expect(verdict.notes).toEqual([expect.stringContaining('auth may refuse the account')]);
  });

  test.each(['jörg@example.com', 'boss@\u212Ailo.test', 'x@y@example.com'])(
    'an address that no rule can admit is reported as that: %s',
    async (as) => {
      const verdict = await asked(['proxy.env'], ...wiki, '--as', as);
      expect(verdict).toMatchObject({ allow: false, error: 'account_refused' });
      expect(verdict.notes).toEqual([expect.stringContaining('an account that auth refuses')]);
      expect(verdict.outcome).toContain('At the sign-in: No rule admits an e-mail address');
      expect(verdict.signIn[0]).toMatchObject({ outcome: 'miss' });
    },
  );

  test('a public path asks nothing of auth', async () => {
    const url = ['--url', 'https://wiki.example.com/public/x'];
    const verdict = await asked(['proxy.env', 'auth.env'], ...url, '--as', 'x@elsewhere.test');
    expect(verdict).toMatchObject({ allow: true, reason: 'public_path', signIn: [], notes: [] });
  });

  test('a provider that auth does not have is reported', async () => {
    const verdict = await asked(['proxy.env', 'auth.env'], '--url', 'https://1.docs.example.com/', ...ann);
    expect(verdict).toMatchObject({ error: 'not_found', signIn: [{ rule: 'PROVIDER_X_SLUG: google' }, {}] });
  });

  test('a host that auth sends nobody back to is reported', async () => {
    const { notes } = await asked(['proxy.env', 'auth.env'], '--url', 'https://apps.example.com/');
    expect(notes).toEqual([expect.stringContaining('400 return_address_refused')]);
  });
});

describe('what the application is sent', () => {
  test('is the identity, with the groups that the route names and no others', async () => {
    const { headers } = await explain('https://wiki.example.com/', ...ann);
    expect(headers).toEqual({
      Host: 'wiki.internal',
      'X-Forwarded-User': 'ann',
      'X-Forwarded-Email': 'ann@example.com',
      'X-Forwarded-Groups': 'eng',
    });
  });

  test('is nothing about anybody on a public path', async () => {
    const { headers } = await explain('https://wiki.example.com/public/x', ...ann);
    expect(headers).toEqual({ Host: 'wiki.internal' });
  });

  test('names what the file adds, and shows no value of it', async () => {
    const text = withOptions(
      'allowed_groups: [eng]',
      'pass_access_token: true',
      'preserve_host: true',
      'inject_request_headers: {Authorization: Bearer s3cret, X-Forwarded-User: mallory}',
    );
    const args = ['explain', 'up.yml', '--cluster', '', '--url', 'https://wiki.example.com/', ...ann];
    const { stdout } = await latchkey({ 'up.yml': text }, args);
    expect(stdout).toContain(`forwarded to http://wiki.internal/
  Host: wiki.example.com
  Authorization: (of the file)
  X-Forwarded-User: ann
  X-Forwarded-Email: ann@example.com
  X-Forwarded-Groups: eng
  X-Forwarded-Access-Token: (of the provider)
`);
    expect(stdout).not.toMatch(/s3cret|mallory/);
  });
});

describe('a WebSocket', () => {
  const origin = ['--header', 'Origin: https://evil.example'];

  test.each([
    ['of nobody is answered, not redirected', [], { status: 401 }],
    ['of somebody passes', ann, { allow: true }],
    ['from another site is refused', [...ann, ...origin], { status: 403, error: 'cross_site_request' }],
    [
      'from the host itself passes',
      [...ann, '--header', 'Origin: https://wiki.example.com'],
      { allow: true },
    ],
  ])('%s', async (_, args, expected) => {
    expect(await explain('wss://wiki.example.com/ws', ...args)).toMatchObject(expected);
    const upgrade = ['--header', 'Upgrade: websocket', '--header', 'Connection: Upgrade'];
    expect(await explain('https://wiki.example.com/ws', ...upgrade, ...args)).toMatchObject(expected);
  });
});

describe('what the proxy answers itself', () => {
  test.each([
    'https://wiki.example.com/oauth2/me',
    'https://wiki.example.com/robots.txt',
    'https://nowhere/ping',
  ])('%s', async (url) => {
    expect(await explain(url)).toMatchObject({ code: 0, allow: true, target: null, rules: [] });
  });

  test('is no more than that: what is below goes to the application', async () => {
    expect(await explain('https://wiki.example.com/oauth2/me/x', ...ann)).toMatchObject({
      target: 'http://wiki.internal/base/oauth2/me/x?a=1',
    });
  });

  test('is the way to HTTPS, where the proxy sees that a browser came without', async () => {
    const http = 'http://wiki.example.com/a?b';
    expect(await explain(http, ...ann)).toMatchObject({
      allow: true,
      redirect: 'https://wiki.example.com/a?b',
    });
    const env = {
      ...files,
      'plain.env': 'UPSTREAM_CLUSTER=\nSESSION_COOKIE_SECURE=false\n',
      'alone.env': 'UPSTREAM_CLUSTER=\n',
    };
    for (const file of ['plain.env', 'alone.env']) {
      const args = ['explain', 'up.yml', '--env-file', file, '--url', http, '--format', 'json'];
      expect(JSON.parse((await latchkey(env, args)).stdout)).toMatchObject({ redirect: null });
    }
  });
});

describe('a note', () => {
  test.each([
    [
      'names the host that was meant',
      'https://wkii.example.com/',
      ann,
      'there is a route for wiki.example.com',
    ],
    [
      'says without groups that there are none',
      'https://wiki.example.com/',
      ['--as', 'x@example.com'],
      'without --groups',
    ],
    [
      'names the group that was meant',
      'https://wiki.example.com/',
      ['--as', 'x@y.test', '--groups', 'Eng'],
      '"Eng" is not "eng"',
    ],
    [
      'names the address that was meant',
      'https://wiki.example.com/',
      ['--as', 'bosss@example.com'],
      'boss@example.com is in the list',
    ],
    [
      'says that subdomains are domains of their own',
      'https://1.docs.example.com/',
      ['--as', 'x@eu.example.com'],
      'example.com in a list does not cover eu.example.com',
    ],
    [
      'says what a preflight lacks',
      'https://wiki.example.com/',
      ['--method', 'OPTIONS'],
      'a preflight also has Origin and',
    ],
    [
      'says what a preflight does not have',
      'https://wiki.example.com/',
      [
        '--method=OPTIONS',
        '--header=Content-Length: 2',
        '--header=Origin: https://a.example',
        '--header=Access-Control-Request-Method: PUT',
      ],
      'a preflight has no body',
    ],
    [
      'says what is removed',
      'https://wiki.example.com/',
      ['--header', 'x_forwarded_user: a'],
      'x_forwarded_user is removed',
    ],
    [
      'says that nobody is believed about a device',
      'https://wiki.example.com/',
      ['--header', 'X-SSL-Client-Verify: SUCCESS'],
      'X-SSL-Client-Verify is removed: nobody here verifies the certificate of a device',
    ],
    [
      'says when the load balancer is',
      'https://wiki.example.com/',
      ['--header', 'X-Amzn-Mtls-Clientcert-Subject: CN=laptop-7'],
      'X-Amzn-Mtls-Clientcert-Subject is removed, unless it comes from SERVER_TRUSTED_PROXIES and SERVER_DEVICE_CERTIFICATES is true',
    ],
    [
      'says that cookies are not decrypted',
      'https://wiki.example.com/',
      ['--header', 'Cookie: a=b'],
      'use --as to say who',
    ],
    ['says what gives a path two readings', 'https://wiki.example.com/public%2Fx', [], 'an encoded slash'],
  ])('%s', async (_, url, args, expected) => {
    expect((await explain(url, ...args)).notes).toContainEqual(expect.stringContaining(expected));
  });

  test('names the cluster that has the host, and says when there is none of that name', async () => {
    const text = `- service: wiki
  staging: {from: wiki.staging.example.com, to: http://wiki, options: {allowed_groups: [eng]}}
  prod: {from: wiki.example.com, to: http://wiki, options: {allowed_groups: [eng]}}
`;
    const notes = async (cluster: string, host: string): Promise<string[]> => {
      const args = [
        'explain',
        'up.yml',
        '--cluster',
        cluster,
        '--url',
        `https://${host}/`,
        '--format',
        'json',
      ];
      return JSON.parse((await latchkey({ 'up.yml': text }, args)).stdout).notes;
    };
    expect(await notes('prod', 'wiki.staging.example.com')).toContain(
      'with --cluster staging a route answers for this host',
    );
    expect(await notes('prdo', 'wiki.example.com')).toEqual(
      expect.arrayContaining([
        'the file was read for the cluster "prdo"',
        'with --cluster prod a route answers for this host',
        expect.stringContaining('LK405'),
      ]),
    );
  });
});

test('a header that the proxy looks at decides', async () => {
  const hosts = { 'up.yml': withOptions('allowed_groups: [eng]') };
  const args = ['explain', 'up.yml', '--cluster', '', '--format', 'json', '--url', 'https://10.0.0.1/'];
  const { stdout } = await latchkey(hosts, [...args, '--header', 'Host: Wiki.example.com']);
  expect(JSON.parse(stdout)).toMatchObject({ host: 'wiki.example.com', status: 302 });
  const json = await latchkey(hosts, [
    ...args,
    '--header',
    'host: wiki.example.com',
    '--header',
    'Accept: */*',
  ]);
  expect(JSON.parse(json.stdout)).toMatchObject({ status: 401 });
  const coded = ['--header', 'Host: wiki.example.com', '--header', 'Transfer-Encoding: gzip, chunked'];
  expect(JSON.parse((await latchkey(hosts, [...args, ...coded])).stdout)).toMatchObject({ status: 400 });
});

describe('a route with forward_auth', () => {
  const withForwardAuth = {
    'up.yml': withOptions('allowed_groups: [eng]', 'forward_auth: true'),
    'alone.env': 'UPSTREAM_CLUSTER=prod\n',
    'behind.env': 'SERVER_TRUSTED_PROXIES=10.0.0.7\n',
  };

  test.each([
    ['behind.env', 'a server in front that asks about it gets the same answer'],
    ['alone.env', 'forward_auth has no effect: SERVER_TRUSTED_PROXIES is not set'],
  ])('is explained with %s: %s', async (env, note) => {
    const asked = ['explain', 'up.yml', '--env-file', env, '--url', 'https://wiki.example.com/'];
    expect((await latchkey(withForwardAuth, asked)).stdout).toContain(`note: ${note}`);
  });
});

test('a service account that is a role of AWS calls in that role', async () => {
  const role = 'arn:aws:iam::111122223333:role/app2';
  const file = `service_accounts: [{name: app2, aws_role: '${role}'}]
services:
  - service: api
    default: {from: api.example.com, to: http://api, options: {bearer: true, policy: [{name: app2, allow_if: 'machine.aws_role == "${role}"'}]}}
`;
  const asked = ['explain', 'up.yml', '--cluster', 'prod', '--url', 'https://api.example.com/'];
  const { code } = await latchkey({ 'up.yml': file }, [...asked, '--as-account', 'app2']);
  expect(code).toBe(0);
});

test('a workload is the service account that its claims make it, or a program of its issuer', async () => {
  const ci = 'https://ci.example.com';
  const file = `issuers: [{issuer: '${ci}', audiences: [api]}]
service_accounts: [{name: deploy, issuer: '${ci}', claims: {repository: corp/app, ref: [main, next]}, scopes: [deploy]}]
services:
  - service: api
    default: {from: api.example.com, to: http://api, options: {bearer: true, allowed_clients: [deploy]}}
`;
  const asked = ['explain', 'up.yml', '--cluster=prod', '--url=https://api.example.com/', '--issuer', ci];
  const ask = (...more: string[]) => latchkey({ 'up.yml': file }, [...asked, ...more]);

  const known = await ask('--claim', 'repository=corp/app', '--claim', 'ref=next', '--format=json');
  expect([known.code, JSON.parse(known.stdout)]).toMatchObject([
    0,
    { reason: 'allowed_client', token: { name: 'deploy' } },
  ]);
  const other = await ask('--claim', 'repository=corp/other', '--claim', 'ref=next');
  expect(other.code).toBe(1);
  expect(other.stdout).toContain('note: no service account of the file is known by these claims');
  for (const args of [
    ['--claim', 'x'],
    ['--claim', 'a=b', '--as', 'ann@example.com'],
  ]) {
    expect((await ask(...args)).code).toBe(2);
  }
});

test('a service account calls with what the file says of it', async () => {
  const file = `service_accounts: [{name: bot, scopes: [deploy], secret_hashes: [{hash: 'sha256:${'a'.repeat(64)}'}]}]
services:
  - service: api
    default: {from: api.example.com, to: http://api, options: {bearer: true, allowed_scopes: [deploy]}}
`;
  const asked = [
    'explain',
    'up.yml',
    '--cluster',
    'prod',
    '--url',
    'https://api.example.com/',
    '--format',
    'json',
  ];
  const { code, stdout } = await latchkey({ 'up.yml': file }, [...asked, '--as-account', 'bot']);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { reason: 'allowed_scope', token: { name: 'bot' } }]);

  const unknown = await latchkey({ 'up.yml': file }, [...asked, '--as-account', 'other']);
  expect([unknown.code, unknown.stderr]).toMatchObject([2, expect.stringContaining('--as-account "other"')]);
  const both = await latchkey({ 'up.yml': file }, [...asked, '--as-account', 'bot', '--as', 'a@example.com']);
  expect(both.code).toBe(2);
});

test.each([
  [['--amr', 'pwd,mfa'], 0],
  [['--amr', 'pwd'], 1],
  [[], 1],
])('how a person signed in, with %j', async (args, expected) => {
  const file = withOptions(
    'allowed_groups: [eng]',
    'policy: [{name: mfa, deny_if: \'!("mfa" in user.amr)\'}]',
  );
  const asked = ['explain', 'up.yml', '--cluster', 'prod', '--url', 'https://wiki.example.com/'];
  const person = ['--as', 'ann@example.com', '--groups', 'eng'];
  expect((await latchkey({ 'up.yml': file }, [...asked, ...person, ...args])).code).toBe(expected);
});

describe('a token', () => {
  const orders = `issuers: [{issuer: https://idp.example, audiences: [api]}]
services:
  - service: orders
    default:
      from: orders.example.com
      to: http://orders.internal
      options: {bearer: true, required_scopes: [read], allowed_subjects: ['https://idp.example#ci'], allowed_email_domains: [example.com]}
`;
  async function ask(...args: string[]) {
    const asked = [
      'explain',
      'orders.yml',
      '--cluster',
      'prod',
      '--url',
      'https://orders.example.com/',
      '--format',
      'json',
    ];
    const { code, stdout } = await latchkey({ 'orders.yml': orders }, [...asked, ...args]);
    return { code, ...JSON.parse(stdout) };
  }
  const ci = ['--subject', 'ci', '--issuer', 'https://idp.example'];

  test('of a program passes by its subject, with what the application gets', async () => {
    const answer = await ask(...ci, '--scopes', 'read,a/b');
    expect(answer).toMatchObject({ code: 0, reason: 'allowed_subject', person: null });
    expect(answer.headers).toEqual({
      Host: 'orders.internal',
      'X-Jwt-Subject': 'ci',
      'X-Jwt-Issuer': 'https://idp.example',
      'X-Jwt-Scope-read': 'true',
    });
  });

  test('without the scope does not, and the rules say which', async () => {
    const answer = await ask(...ci);
    expect(answer).toMatchObject({
      code: 1,
      status: 403,
      error: 'insufficient_scope',
      reason: 'scope_missing',
    });
    expect(answer.rules[0]).toEqual({ rule: 'required_scopes: read', outcome: 'miss' });
  });

  test('of a person is held to its scopes, and the person alone is not', async () => {
    expect(await ask('--as', 'ann@example.com', '--scopes', 'other')).toMatchObject({
      reason: 'scope_missing',
    });
    expect(await ask('--as', 'ann@example.com')).toMatchObject({ reason: 'allowed_email_domain' });
  });

  test('of an issuer that is not in the file, or on a route that takes none, is reported', async () => {
    const stranger = await ask('--issuer', 'https://evil.example');
    expect(stranger.notes).toContain(
      'https://evil.example is not among the `issuers` of the file: unless it is auth, none of its tokens counts',
    );
    const { notes } = await explain('https://wiki.example.com/', '--scopes', 'read');
    expect(notes).toContain('the route takes no tokens: it has no `bearer: true`');
  });
});

test('shows each rule of a policy, and every fact that it reads', async () => {
  const file = `networks: {office: [198.51.100.0/24]}
policy:
  - {name: office, deny_if: '!(request.address in networks.office)'}
services:
  - service: wiki
    default: {from: wiki.example.com, to: http://wiki.internal, options: {allowed_groups: [eng]}}
`;
  const asked = [
    'explain',
    'a.yml',
    '--cluster',
    'prod',
    '--url',
    'https://wiki.example.com/',
    '--as',
    'a@example.com',
  ];
  const { code, stdout } = await latchkey({ 'a.yml': file }, [
    ...asked,
    '--groups',
    'eng',
    '--ip',
    '203.0.113.9',
  ]);

  expect(code).toBe(1);
  expect(stdout).toContain('request.address: "203.0.113.9"');
  expect(stdout).toContain('403 request_denied');
  expect(stdout).toContain('policy: office');
});

test('says what servers in front say of a device, and what anybody else does not', async () => {
  const file = `device_headers: {managed: X-Device-Managed}
services:
  - service: wiki
    default:
      from: wiki.example.com
      to: http://wiki.internal
      options: {allowed_groups: [eng], policy: [{name: managed, deny_if: device.managed != "true"}]}
`;
  const asked = [
    'explain',
    'a.yml',
    '--cluster=prod',
    '--url=https://wiki.example.com/',
    '--as=a@example.com',
  ];
  const ask = (...more: string[]) => latchkey({ 'a.yml': file }, [...asked, '--groups=eng', ...more]);

  const managed = await ask('--device', 'managed=true');
  expect(managed.code).toBe(0);
  expect(managed.stdout).toContain('device.managed: "true"');
  const written = await ask('--header', 'X-Device-Managed: true');
  expect(written.code).toBe(1);
  expect(written.stdout).toContain(
    'X-Device-Managed is removed, unless SERVER_TRUSTED_PROXIES say it: write --device managed=… for that',
  );
  const env = { 'a.yml': file, 'proxy.env': 'SERVER_PORT=4180\n' };
  const alone = await latchkey(env, [
    ...asked,
    '--groups=eng',
    '--device=managed=true',
    '--env-file=proxy.env',
  ]);
  expect(alone.code).toBe(1);
  expect(alone.stdout).toContain(
    'note: SERVER_TRUSTED_PROXIES is not set, so nobody is believed about a device',
  );
  expect((await ask('--device', 'manged=true')).stderr).toContain(
    '--device "manged=true": write subject=…, issuer=…, serial_number=…, managed=…',
  );
});
