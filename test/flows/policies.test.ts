// Rules that are written as expressions, from the file to the answers that people and programs get.
import { describe, expect, test } from '@jest/globals';
import type { VisitOptions } from '@latchkey/testing/browser';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  secondSlug: 'partners',
  upstreams: `
networks: { here: [127.0.0.0/8, '::1'], elsewhere: [203.0.113.0/24] }
policy:
  - name: no-secrets
    deny_if: request.path.startsWith("/secret")
    status: 404
  - name: no-bots
    deny_if: '"x-bot" in request.headers'
    message: Bots ask somewhere else.
  - name: from-here
    allow_if: request.address in networks.here
services:
  - service: hello
    default:
      from: hello.latchkey.localhost
      to: {{app}}
      options:
        allowed_groups: [nobody@example.com]
        skip_auth_regex: ['^/public/', '^/secret/']
        policy:
          - name: own-domain
            allow_if: user.domain == "example.com"
          - name: read-only
            deny_if: '"engineering@example.com" in user.groups && !(request.method in ["GET", "HEAD", "OPTIONS"])'
            message: Engineers may read, and not write.
  - service: second
    default:
      from: second.latchkey.localhost
      to: {{app}}
      options:
        allowed_email_domains: [example.com]
        provider_slug: partners
        policy:
          - name: with-a-key
            deny_if: request.path.startsWith("/keys") && !("hwk" in user.amr)
          - name: with-a-password
            deny_if: '!("pwd" in user.amr)'
          - name: nothing-goes
            deny_if: has(request.method) && request.method == "DELETE"
  - service: vault
    default:
      from: vault.latchkey.localhost
      to: {{app}}
      options:
        allowed_email_domains: [example.com]
        policy:
          - name: from-elsewhere
            deny_if: '!(request.address in networks.elsewhere)'
`,
});

async function ask(
  host: string,
  path: string,
  { anonymous, ...init }: VisitOptions & { anonymous?: true } = {},
) {
  const browser = anonymous === true ? the.browser() : await the.signedIn();
  return browser.fetch(the.stack.url(host, path), init);
}

const json = { accept: 'application/json' };

describe('a rule of a route', () => {
  test('lets in whom no list names, and the log says which', async () => {
    const line = the.stack.nextLine(({ msg, reason }) => msg === 'request' && reason === 'allowed_by_rule');

    expect((await ask('hello', '/')).status).toBe(200);
    expect(await line).toMatchObject({ policy: 'own-domain', status: 200 });
  });

  test('refuses, and tells the person its name and what it has to say', async () => {
    const answer = await ask('hello', '/', { method: 'POST', headers: json });

    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: 'request_denied',
      reason: 'denied_by_rule',
      policy: 'read-only',
      detail: 'Engineers may read, and not write.',
    });
    const { body: page } = await ask('hello', '/', { method: 'POST', headers: { accept: 'text/html' } });
    expect(page).toContain('Engineers may read, and not write.');
    expect(page).toContain('policy: read-only');
    expect(page).not.toContain('user.groups');
  });

  test('that does not ask who it is refuses a visitor without a sign-in', async () => {
    const answer = await ask('vault', '/', { anonymous: true, headers: { accept: 'text/html' } });

    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('Signed in as');
  });

  test.each([
    ['a method that another header changes', { 'x-http-method-override': 'DELETE' }],
    ['one that it changes in a spelling that some applications take for it', { 'x.http.method': 'DELETE' }],
    ['a header in a spelling that some applications take for it', { x_bot: '1' }],
  ])('refuses what can be read in two ways: %s', async (_, headers) => {
    expect((await ask('hello', '/', { headers: { ...json, ...headers } })).status).toBe(403);
    expect(the.stack.app.received).toEqual([]);
  });

  test('knows how the provider says that somebody signed in', async () => {
    const browser = await the.signedIn('engineer@example.com', the.stack.url('second'));
    expect((await browser.fetch(the.stack.url('second'))).status).toBe(200);
    const { body } = await browser.fetch(the.stack.url('second', '/keys'), { headers: json });
    expect(JSON.parse(body)).toMatchObject({
      reason: 'denied_by_rule',
      policy: 'with-a-key',
    });
  });

  test('refuses what can be read in two ways also where it asks whether that is there', async () => {
    const browser = await the.signedIn('engineer@example.com', the.stack.url('second'));
    const headers = { ...json, 'x-http-method-override': 'DELETE' };
    const { status, body } = await browser.fetch(the.stack.url('second'), { headers });
    expect([status, JSON.parse(body)]).toMatchObject([
      403,
      { reason: 'rule_undecided', policy: 'nothing-goes' },
    ]);
  });

  test('leaves a line for each person whom it refuses', async () => {
    const line = the.stack.nextLine(({ audit, policy }) => audit === 'denied' && policy === 'from-elsewhere');
    await ask('vault', '/');

    expect(await line).toMatchObject({
      policy: 'from-elsewhere',
      rule: 'policy: from-elsewhere',
      user: 'engineer@example.com',
    });
  });
});

describe('the guardrail', () => {
  test('holds on a public path', async () => {
    const bot = await ask('hello', '/public/page', { anonymous: true, headers: { ...json, 'x-bot': '1' } });

    expect((await ask('hello', '/public/page', { anonymous: true })).status).toBe(200);
    expect(bot.status).toBe(403);
    expect(JSON.parse(bot.body)).toMatchObject({ policy: 'no-bots', detail: 'Bots ask somewhere else.' });
  });

  test('holds for a person whom the route lets in', async () => {
    expect((await ask('hello', '/', { headers: { 'x-bot': '1' } })).status).toBe(403);
  });

  test('hides what it answers 404 for, and everything that may be that', async () => {
    const hidden = await ask('hello', '/secret/plan', { headers: json });

    expect(hidden.status).toBe(404);
    expect(hidden.body).not.toContain('no-secrets');
    expect((await ask('hello', '/secret%2fplan')).status).toBe(404);
    expect(the.stack.app.received).toEqual([]);
  });

  test('hides a rule that answers 404 where a server in front asks, too', async () => {
    const { status, body } = await ask('hello', '/oauth2/auth', { headers: json });

    expect([status, JSON.parse(body)]).toMatchObject([403, { reason: 'rule_undecided' }]);
    expect(JSON.parse(body)).not.toHaveProperty('policy');
    expect(JSON.parse(body)).not.toHaveProperty('rule');
  });

  test('leaves the addresses of the proxy itself alone', async () => {
    expect((await ask('vault', '/robots.txt', { anonymous: true })).status).toBe(200);
  });
});
