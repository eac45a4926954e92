import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey } from '@latchkey/testing/latchkey';

type Found = { code: string; line: number; message: string };

async function check(text: string): Promise<Found[]> {
  const args = ['check', 'up.yml', '--cluster', 'prod', '--format', 'json'];
  const { stdout } = await latchkey({ 'up.yml': text }, args);
  const { findings }: { findings: Found[] } = JSON.parse(stdout);
  return findings.filter(({ code }) => code !== 'LK401');
}

async function codes(text: string): Promise<string[]> {
  return (await check(text)).map(({ code, line }) => `${code} ${line}`);
}

function ofRoute(...rules: string[]): string {
  return withOptions(
    'bearer: true',
    'allowed_groups: [eng]',
    'policy:',
    ...rules.map((rule) => `  - ${rule}`),
  );
}

/** The rules begin on line 2. */
function guarded(guardrail: readonly string[], own: readonly string[] = []): string {
  const route = `  - {service: a, default: {from: a.example.com, to: http://a, options: {allowed_groups: [g], policy: [${own.join(', ')}]}}}`;
  return ['policy:', ...guardrail.map((rule) => `  - ${rule}`), 'services:', route, ''].join('\n');
}

function scoped(root: string): string {
  const options = '{bearer: true, allowed_scopes: [read, wirte]}';
  return `${root}services:\n  - {service: a, default: {from: a.example.com, to: http://a, options: ${options}}}\n`;
}

describe('rules that cannot hold', () => {
  test('are reported with what would have to be two things at once', async () => {
    const found = await check(
      ofRoute(`{name: both, allow_if: 'request.method == "GET" && request.method == "POST"'}`),
    );
    expect(found.map(({ code, line, message }) => [code, line, message])).toEqual([
      [
        'LK514',
        9,
        '"both" is never true: `request.method` would have to be two things at once. It lets in nobody: correct it, or remove it',
      ],
    ]);
  });

  test.each([
    [`{name: a, deny_if: 'user.email == "a@example.com" && user.email == "b@example.com"'}`, ['LK514 9']],
    [`{name: a, deny_if: 'user.email != "a@example.com" || user.email != "b@example.com"'}`, ['LK515 9']],
    [`{name: a, allow_if: 'user.email != "a@example.com" || user.email != "b@example.com"'}`, ['LK515 9']],
    [`{name: a, allow_if: has(user.email)}`, ['LK515 9']],
    [`{name: a, deny_if: has(user.email)}`, []],
    [`{name: a, allow_if: has(machine.client)}`, []],
    [`{name: a, allow_if: 'user.domain == "a.example" || user.domain == "b.example"'}`, []],
    [`{name: a, deny_if: 'request.method == "GET" && request.forward_auth'}`, []],
  ])('%s', async (rule, expected) => {
    expect(await codes(ofRoute(rule))).toEqual(expected);
  });
});

describe('rules that nobody passes together', () => {
  test.each([
    [
      'two guards that want different domains',
      [`{name: a, deny_if: user.domain != "a.example"}`, `{name: b, deny_if: user.domain != "b.example"}`],
      [],
      ['LK516 2'],
    ],
    [
      'one that refuses people, and one that refuses machines',
      [`{name: a, deny_if: has(user.email)}`, `{name: b, deny_if: has(machine.scopes)}`],
      [],
      ['LK516 2'],
    ],
    [
      'a way in for machines behind a rule that refuses everybody without a domain',
      [`{name: a, deny_if: user.domain != "a.example"}`],
      [`{name: b, allow_if: machine.client == "x"}`],
      ['LK517 4'],
    ],
    [
      'the same where the rule asks whether there is a person',
      [`{name: a, deny_if: has(user.email) && user.domain != "a.example"}`],
      [`{name: b, allow_if: machine.client == "x"}`],
      [],
    ],
    [
      'a way in of the guardrail that its refusals close',
      [
        `{name: a, deny_if: user.domain != "a.example"}`,
        `{name: b, allow_if: user.domain == "a.example"}`,
        `{name: c, allow_if: user.domain == "b.example"}`,
      ],
      [],
      ['LK517 4'],
    ],
    [
      'a route that the guardrail closes',
      [`{name: a, deny_if: request.method != "GET"}`],
      [`{name: b, deny_if: request.method == "GET"}`],
      ['LK516 4'],
    ],
    [
      'a guard about another service',
      [`{name: a, deny_if: 'route.service == "other" && request.method != "GET"'}`],
      [`{name: b, deny_if: request.method == "GET"}`],
      [],
    ],
    [
      'a guard about this service',
      [`{name: a, deny_if: 'route.service != "a" || request.method != "GET"'}`],
      [`{name: b, allow_if: 'request.method == "PUT"'}`],
      ['LK517 4'],
    ],
  ])('%s', async (_, guardrail, own, expected) => {
    expect(await codes(guarded(guardrail, own))).toEqual(expected);
  });
});

describe('ways in that one regrets', () => {
  test.each([
    ['request.path.startsWith("/shared")', ['LK518 9']],
    ['request.path.startsWith("/shared/")', []],
    ['!request.path.startsWith("/shared")', []],
    ['!(user.idp == "x" || request.path.startsWith("/shared"))', []],
    ['request.path == "/shared" || request.path.contains("/public/")', ['LK518 9']],
    ['request.path.matches("/v[0-9]/")', ['LK518 9']],
    ['request.path.matches("^/v[0-9]/")', []],
    ['user.domain == "example.com" && request.path.startsWith("/admin/")', ['LK512 9']],
    ['user.domain == "example.com" && request.path in ["/x", "/admin"]', ['LK512 9']],
    ['user.domain == "example.com" && !request.path.startsWith("/admin/")', []],
    ['"admins" in user.groups && user.domain == "example.com" && request.path.startsWith("/admin/")', []],
    ['"wiki.read" in machine.scopes', ['LK513 9']],
    ['request.path == "/a//b"', ['LK338 9']],
    ['request.path == "/a/../b"', ['LK338 9']],
    ['request.path.startsWith("/a%20b/")', ['LK338 9']],
  ])('%s', async (expression, expected) => {
    expect(await codes(ofRoute(`{name: a, allow_if: '${expression}'}`))).toEqual(expected);
  });

  test('an allow_if alone is looked at, since more is refused than meant without harm', async () => {
    expect(await codes(ofRoute(`{name: a, deny_if: request.path.startsWith("/shared")}`))).toEqual([]);
  });

  test.each([
    ['vault', 'http://a', 'allowed_email_domains: [example.com]', ['LK512']],
    ['a', 'http://a/admin/', 'allowed_email_domains: [example.com]', ['LK512']],
    ['grafana-admin', 'http://a', 'allowed_email_domains: [example.com]', ['LK512']],
    ['vault', 'http://a', 'allowed_groups: [ops]', []],
    ['administration', 'http://a', 'allowed_email_domains: [example.com]', []],
    [
      'vault',
      'http://a',
      `allowed_email_domains: [example.com], policy: [{name: x, deny_if: 'request.method == "PUT"'}]`,
      [],
    ],
  ])('a whole domain at %s, %s, with %s', async (service, to, options, expected) => {
    const text = `- {service: ${service}, default: {from: x.example.com, to: '${to}', options: {${options}}}}\n`;
    expect((await check(text)).map(({ code }) => code)).toEqual(expected);
  });

  test('scopes that no service account has, where there is no issuer', async () => {
    const hash = `sha256:${'a'.repeat(64)}`;
    const account = `service_accounts: [{name: bot, secret_hashes: [{hash: '${hash}'}], scopes: [read]}]\n`;
    const issuer = `issuers: [{issuer: https://idp.example, audiences: [api], callers: machines}]\n`;
    expect(
      (await check(scoped(account))).map(({ code, message }) => [code, message.includes('wirte')]),
    ).toEqual([['LK513', true]]);
    expect(await check(scoped(account + issuer))).toEqual([]);
  });
});
