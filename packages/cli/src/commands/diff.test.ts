import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey } from '@latchkey/testing/latchkey';

const eng = withOptions('allowed_groups: [eng]');
const wildcard = '^(.*)\\.example\\.com$';

function routes(...entries: Array<[from: string, to: string, options: string]>): string {
  return entries
    .map(
      ([from, to, options], at) =>
        `- service: s${at}\n  default:\n    from: '${from}'\n    to: ${to}\n    type: ${from.startsWith('^') ? 'rewrite' : 'simple'}\n    options: {${options}}\n`,
    )
    .join('');
}

async function diff(before: string, after: string, ...args: string[]) {
  const asked = ['diff', 'a.yml', 'b.yml', '--cluster', 'prod', '--fail-on', 'widen'];
  return latchkey({ 'a.yml': before, 'b.yml': after }, [...asked, ...args]);
}

async function changes(before: string, after: string): Promise<string[]> {
  const { code, stdout } = await diff(before, after, '--format', 'json');
  const found: { changes: Array<{ kind: string; host: string; text: string; widens: boolean }> } =
    JSON.parse(stdout);
  expect(code).toBe(found.changes.some(({ widens }) => widens) ? 1 : 0);
  return found.changes.map(({ kind, text, widens }) => `${kind}${widens ? '!' : ''} ${text}`);
}

test('says who gains and who loses, in words', async () => {
  const { code, stdout } = await diff(
    eng,
    withOptions('allowed_groups: [ops]', 'allowed_email_domains: [example.com]'),
  );
  expect(code).toBe(1);
  expect(stdout).toBe(`wiki.example.com
  gains    group ops
  gains    domain example.com
  loses    group eng

Access widens in 2 ways.
`);
});

test('says which rules of a policy came and went, and that it cannot tell for whom', async () => {
  const policed = withOptions(
    'allowed_groups: [eng]',
    'policy: [{name: read, deny_if: request.method != "GET"}]',
  );

  expect(await changes(eng, policed)).toEqual([
    'other! new rule read (deny_if request.method != "GET"): who gains or loses by it is unknown',
  ]);
  expect(await changes(policed, eng)).toEqual([
    'other! no longer rule read (deny_if request.method != "GET"): who gains or loses by it is unknown',
  ]);
});

test('says when nothing changes', async () => {
  const moved = `- service: other-name\n  default: {from: WIKI.example.com., to: "http://wiki.internal:80/"}\n  prod: {options: {allowed_groups: [eng]}}\n`;
  expect(await diff(eng, moved)).toEqual({
    code: 0,
    stdout: 'No change: nobody gains or loses access, and every host leads to the same application.\n',
    stderr: '',
  });
});

describe('a host that was there', () => {
  test.each([
    ['a group', 'allowed_groups: [eng, ops]', ['gain! group ops']],
    ['a group less', 'allowed_groups: [ops]', ['gain! group ops', 'loss group eng']],
    ['everybody', 'allowed_groups: ["*"]', ['gain! everybody who can sign in']],
    [
      'a name that the application has to show',
      'allowed_groups: [eng], server_name: wiki.mesh',
      ['other TLS options for the application: certificate for wiki.mesh, before none'],
    ],
    [
      'a public pattern',
      "allowed_groups: [eng], skip_auth_regex: ['^/x']",
      ['gain! anybody without sign-in, on paths that match ^/x'],
    ],
    [
      'preflights',
      'allowed_groups: [eng], skip_auth_preflight: true',
      ['gain! CORS preflights without sign-in'],
    ],
    [
      'another provider',
      'allowed_groups: [eng], provider_slug: okta',
      ['gain! accounts of the provider okta', 'loss accounts of the provider google'],
    ],
    [
      'the access token',
      'allowed_groups: [eng], pass_access_token: true',
      ['other now: the application gets the access token of the person'],
    ],
    [
      'everybody, and some of them by name',
      'allowed_email_domains: ["*"], allowed_groups: [ops]',
      ['gain! everybody who can sign in'],
    ],
    ['a `*` that stands for nobody', 'allowed_groups: [eng, "*"]', []],
    ['nothing that matters', 'allowed_groups: [eng], timeout: 5s', []],
  ])('and now has %s', async (_, options, expected) => {
    const before = routes(['a.example.com', 'http://a', 'allowed_groups: [eng]']);
    expect(await changes(before, routes(['a.example.com', 'http://a', options]))).toEqual(expected);
  });

  test('and leads elsewhere', async () => {
    const before = routes(['a.example.com', 'http://a', 'allowed_groups: [eng]']);
    const after = routes(['a.example.com', 'http://b/x', 'allowed_groups: [eng]']);
    expect(await changes(before, after)).toEqual(['other leads to http://b/x, before to http://a']);
  });

  test('and whose address a domain covers already', async () => {
    const before = routes(['a.example.com', 'http://a', 'allowed_email_domains: [example.com]']);
    const options =
      'allowed_email_domains: [example.com], allowed_email_addresses: [ann@example.com, bob@other.com]';
    expect(await changes(before, routes(['a.example.com', 'http://a', options]))).toEqual([
      'gain! address bob@other.com',
    ]);
  });

  test('and moves from a pattern to a route of its own', async () => {
    const before = routes([wildcard, 'http://$1.internal', 'allowed_groups: [eng]']);
    const after =
      before + routes(['a.example.com', 'http://a.internal', 'allowed_groups: [ops]']).replace('s0', 's9');
    expect(await changes(before, after)).toEqual(['gain! group ops', 'loss group eng']);
  });
});

describe('hosts and patterns that come and go', () => {
  const one = routes(['a.example.com', 'http://a', 'allowed_groups: [eng]']);

  test('a new host is reported and widens nothing', async () => {
    const two = one + routes(['b.example.com', 'http://b', 'allowed_groups: ["*"]']).replace('s0', 's1');
    expect(await changes(one, two)).toEqual(['new leads to http://b, open to everybody who can sign in']);
    expect(await changes(two, one)).toEqual(['removed before open to everybody who can sign in']);
  });

  test('a new pattern beside others may take hosts from them, and counts', async () => {
    const before = routes([wildcard, 'http://$1.internal', 'allowed_groups: [eng]']);
    const extra: [string, string, string] = [
      '^(a.*)\\.example\\.com$',
      'http://$1.internal',
      'allowed_groups: [ops]',
    ];
    const after = routes(extra, [wildcard, 'http://$1.internal', 'allowed_groups: [eng]']);
    expect(await changes(before, after)).toEqual([
      'new! leads to http://$1.internal, open to group ops; it may take hosts from other patterns',
    ]);
    expect(await changes(one, one + routes(extra).replace('s0', 's1'))).toEqual([
      'new leads to http://$1.internal, open to group ops',
    ]);
  });

  test('patterns in another order count', async () => {
    const a: [string, string, string] = ['^(a.*)\\.example\\.com$', 'http://a', 'allowed_groups: [ops]'];
    const b: [string, string, string] = [wildcard, 'http://b', 'allowed_groups: [eng]'];
    expect(await changes(routes(a, b), routes(b, a))).toEqual([
      expect.stringMatching(/^other! .*another order/),
    ]);
  });
});

test('github gets a warning where access widens', async () => {
  const { stdout } = await diff(eng, withOptions('allowed_groups: [ops]'), '--format', 'github');
  expect(stdout).toMatch(
    /^::warning file=b\.yml,line=3,.*gains: group ops\n::notice file=b\.yml,.*loses: group eng\n$/,
  );
});

test('does not fail unless it is asked to', async () => {
  const files = { 'a.yml': eng, 'b.yml': withOptions('allowed_groups: ["*"]') };
  expect((await latchkey(files, ['diff', 'a.yml', 'b.yml', '--cluster', ''])).code).toBe(0);
});

test('a file with errors cannot be compared', async () => {
  const { code, stdout } = await diff(eng, '- x: 1\n');
  expect(code).toBe(1);
  expect(stdout).toContain('b.yml:1:3 error LK209');
});

test('a new default of the environment lets people in as a rule of the file does', async () => {
  const files = {
    'up.yml': eng,
    'live.env': 'UPSTREAM_CLUSTER=prod\n',
    'new.env': 'UPSTREAM_CLUSTER=prod\nUPSTREAM_DEFAULT_EMAIL_DOMAINS=example.com\n',
  };
  const args = ['diff', 'up.yml', 'up.yml', '--env-file', 'new.env', '--old-env-file', 'live.env'];
  expect(await latchkey(files, [...args, '--fail-on', 'widen'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('gains    domain example.com'),
  });
});

test('says when no service has a section for the cluster, where all would be compared as `default`', async () => {
  const prod = `${eng}  prod: {options: {timeout: 5s}}\n`;
  const { stderr } = await latchkey({ 'up.yml': prod }, ['diff', 'up.yml', 'up.yml', '--cluster', 'prdo']);
  expect(stderr).toMatch(/"prdo".*\(LK405\)/);
});

test('nothing is no file to compare with: half a pipe that failed would let everything pass', async () => {
  const { code, stderr } = await diff('\n', eng);
  expect([code, stderr]).toEqual([2, expect.stringContaining('a.yml is empty')]);
});

describe('a file that a running proxy refuses', () => {
  const both = routes(
    ['a.example.com', 'a.internal', 'allowed_groups: [eng]'],
    ['b.example.com', 'b.internal', 'allowed_groups: [eng]'],
  );
  const other = routes(['c.example.com', 'c.internal', 'allowed_groups: [eng]']);

  const refused = '2 of 2 routes would be removed: a.example.com, b.example.com';

  test('is reported with what would be removed, at the end', async () => {
    const { code, stdout, stderr } = await diff(both, other);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(
      new RegExp(`\\nA running proxy refuses this file: ${refused}\\. A restart .*\\n$`),
    );
  });

  test('is reported in json and to github, too', async () => {
    const { stdout } = await diff(both, other, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ refused: refused });
    expect((await diff(both, other, '--format', 'github')).stdout).toContain('::error file=b.yml,line=1,');
    expect(JSON.parse((await diff(both, both, '--format', 'json')).stdout)).toEqual({
      changes: [],
      refused: null,
    });
  });

  test('is not reported where the environment allows it', async () => {
    const files = { 'a.yml': both, 'b.yml': other, 'p.env': 'UPSTREAM_RELOAD_ALLOW_LOSS=true' };
    const { code, stdout } = await latchkey(files, ['diff', 'a.yml', 'b.yml', '--env-file', 'p.env']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('refuses');
  });
});

function issuer(more: string): string {
  return `issuers: [{issuer: https://idp.example, audiences: [api], callers: machines${more}}]\n`;
}

function account(more: string, digit = 'a'): string {
  return `service_accounts: [{name: deploy-bot, secret_hashes: [{hash: 'sha256:${digit.repeat(64)}'${more}}]}]\n`;
}

describe('the root of the file', () => {
  const api = `services:
  - service: api
    default:
      from: api.example.com
      to: http://api
      options: {bearer: true, allowed_scopes: [deploy], policy: [{name: inside, deny_if: '!(request.address in networks.office)'}]}
`;
  const office = `networks: {office: [198.51.100.0/24], lab: [192.0.2.0/24]}\n`;

  test('a network that is widened names the rules by which that opens routes', async () => {
    const wider = office.replace('198.51.100.0/24', '198.51.100.0/24, 203.0.113.0/24');
    expect(await changes(office + api, wider + api)).toEqual([
      'other! now also 203.0.113.0/24; named by inside (api)',
    ]);
    expect(await changes(wider + api, office + api)).toEqual([
      'other! no longer 203.0.113.0/24; named by inside (api)',
    ]);
  });

  test('a header about a device that is another one names the rules that go by it', async () => {
    const rule = `policy: [{name: managed, deny_if: device.managed != "true"}]\n`;
    const text = (header: string) => `device_headers: {managed: ${header}, id: X-Id}\n${office}${rule}${api}`;
    expect(await changes(text('X-Managed'), text('X-Device-Managed'))).toEqual([
      'other! now what x-device-managed says, before x-managed; named by managed (every route); callers may write x-managed again, and applications get it',
    ]);
    expect(await changes(text('X-Managed'), text('x-managed'))).toEqual([]);
  });

  test('a header about a device that is listed no longer is one that callers may write again', async () => {
    const text = (headers: string) => `device_headers: {${headers}}\n${office}${api}`;
    const two = text('managed: X-Managed, id: X-Id');
    expect(await changes(two, text('id: X-Id'))).toEqual([
      'other! no longer what x-managed says; callers may write x-managed again, and applications get it',
    ]);
    expect(await changes(two, office + api)).toHaveLength(2);
    expect(await changes(text('id: X-Id'), two)).toEqual([]);
    expect(await changes(two, text('id: X-Id, laptop: X-Managed'))).toEqual([
      'other no longer what x-managed says',
    ]);
    expect(await changes(text('id: X-Id'), text('id: X-Device-Id'))).toEqual([
      'other! now what x-device-id says, before x-id; no rule reads it; callers may write x-id again, and applications get it',
    ]);
  });

  test('a network in the guardrail is one of every route, and one that nobody names widens nothing', async () => {
    const guard = `policy: [{name: lab, deny_if: request.address in networks.lab}]\n`;
    const other = office.replace('192.0.2.0/24', '192.0.3.0/24');
    expect(await changes(guard + office + api, guard + other + api)).toEqual([
      'other! now also 192.0.3.0/24; no longer 192.0.2.0/24; named by lab (every route)',
    ]);
    expect(await changes(office + api, other + api)).toEqual([
      'other now also 192.0.3.0/24; no longer 192.0.2.0/24; no rule names it',
    ]);
    expect(await changes(office + api, office.replace(', lab: [192.0.2.0/24]', '') + api)).toEqual([]);
  });

  test('an issuer that comes, goes or changes', async () => {
    const [without, plain] = [office + api, office + issuer('') + api];
    expect(await changes(without, plain)).toEqual([
      'gain! its tokens for api count, of machines; taken by api',
    ]);
    expect(await changes(plain, without)).toEqual(['loss its tokens, of machines, count no longer']);
  });

  test.each([
    [
      ', algorithms: [ES256]',
      [expect.stringMatching(/^other algorithms: ES256, before ES256, ES384, .*, Ed25519$/)],
    ],
    [', leeway: 10s', ['other how far its clock may differ: 10s, before 30s']],
    [', leeway: 1m', ['other! how far its clock may differ: 1m, before 30s']],
    [
      ', jwks_url: https://keys.example/a',
      ['other! where its keys are: https://keys.example/a, before discovery'],
    ],
    [', subject_claim: azp', ['other! claim of the subject: azp, before sub']],
    [', scopes_claim: scp', ['other! claim of the scopes: scp, before scope or else scp']],
    [', groups_claim: groups', ['other! claim of the groups: groups, before none']],
    [', client_claim: appid', ['other! claim of the client: appid, before client_id or else azp']],
  ])('an issuer with%s', async (more, expected) => {
    expect(await changes(office + issuer('') + api, office + issuer(more) + api)).toEqual(expected);
  });

  test('what an issuer issues tokens for, and for whom', async () => {
    const [one, two] = [issuer(''), issuer('').replace('[api]', '[api, web]')];
    expect(await changes(office + one + api, office + two + api)).toEqual([
      'other! audiences: api, web, before api',
    ]);
    expect(await changes(office + two + api, office + one + api)).toEqual([
      'other audiences: api, before api, web',
    ]);
    const people = issuer(', email_domains: [example.com]').replace('machines', 'people');
    expect(await changes(office + one + api, office + people + api)).toEqual([
      'other! whose tokens they are: people, before machines',
      'other! domains that it vouches for: example.com, before none',
    ]);
  });

  test('a service account that comes or goes, and the rules that let it in', async () => {
    const deploys = account('').replace('name: deploy-bot', 'name: deploy-bot, scopes: [deploy]');
    expect(await changes(office + api, office + deploys + api)).toEqual([
      'gain! one token with scopes deploy; let in by allowed_scopes of api',
    ]);
    expect(await changes(office + deploys + api, office + api)).toEqual([
      'loss its tokens count no longer; before let in by allowed_scopes of api',
    ]);
    expect(await changes(office + account('') + api, office + deploys + api)).toEqual([
      'other! scopes: deploy, before none',
      'gain! let in by allowed_scopes of api',
    ]);
    expect(await changes(office + api, office + account('') + api)).toEqual([
      'gain! one token with no scopes; no rule lets it in',
    ]);
  });

  test('a rule that reads the request lets a service account in perhaps', async () => {
    const rules = api.replace(
      'policy: [',
      `policy: [{name: bots, allow_if: machine.client == "deploy-bot" && request.method == "GET"}, `,
    );
    expect(await changes(office + rules, office + account('') + rules)).toEqual([
      'gain! one token with no scopes; let in by perhaps policy: bots of api',
    ]);
  });

  test('tokens of a service account and their end', async () => {
    const [forever, ends] = [account(''), account(`, expires: '2099-06-01'`)];
    const [long, short] = ['aaaaaaaa without end', 'aaaaaaaa until 2099-06-01T00:00:00.000Z'];
    expect(await changes(office + forever + api, office + ends + api)).toEqual([
      `other tokens: sha256:${short}, before sha256:${long}`,
    ]);
    expect(await changes(office + ends + api, office + forever + api)).toEqual([
      `other! tokens: sha256:${long}, before sha256:${short}`,
    ]);
    expect(await changes(office + forever + api, office + account('', 'b') + api)).toEqual([
      'other! tokens: sha256:bbbbbbbb without end, before sha256:aaaaaaaa without end',
    ]);
  });

  test('the role of AWS that a service account is', async () => {
    const rules = api.replace(
      'policy: [',
      `policy: [{name: app2, allow_if: 'machine.aws_role == "arn:aws:iam::111122223333:role/app2"'}, `,
    );
    expect(await changes(office + rules, office + app2('app2') + rules)).toEqual([
      'gain! arn:aws:iam::111122223333:role/app2 with no scopes; let in by policy: app2 of api',
    ]);
    expect(await changes(office + app2('app2') + rules, office + app2('app3') + rules)).toEqual([
      'other! role of AWS: arn:aws:iam::111122223333:role/app3, before arn:aws:iam::111122223333:role/app2',
      'loss no longer let in by policy: app2 of api',
    ]);
  });

  test('is reported without a place in the file', async () => {
    const wider = office.replace('198.51.100.0/24', '0.0.0.0/1');
    const { stdout } = await diff(office + api, wider + api, '--format', 'github');
    expect(stdout).toMatch(/^::warning file=b\.yml,line=1,.*networks\.office.*now also 0\.0\.0\.0\/1/);
  });
});

function app2(role: string): string {
  return `service_accounts:\n  - {name: app2, aws_role: 'arn:aws:iam::111122223333:role/${role}'}\n`;
}

function tagged(tags: string, policy: string): string {
  return routes(['a.example.com', 'http://a', `allowed_groups: [eng], tags: [${tags}], policy: [${policy}]`]);
}

test('tags widen where a rule reads them', async () => {
  const reads = `{name: internal, deny_if: '"internal" in route.tags && request.method == "PUT"'}`;
  expect(await changes(tagged('internal', reads), tagged('other', reads))).toEqual([
    'other! rule internal reads the tags, which are others now: who gains or loses by it is unknown',
    'other tags: other, before internal',
  ]);
  expect(await changes(tagged('internal', ''), tagged('other', ''))).toEqual([
    'other tags: other, before internal',
  ]);
});
