import { expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
defaults:
  allowed_email_domains: [example.com]
services:
- service: apps
  default: {type: launcher, from: apps.latchkey.localhost}
- service: hello
  title: Say hello
  description: Greets everybody
  icon: 👋
  default: {from: hello.latchkey.localhost, to: '{{app}}'}
- service: wiki
  default: {from: wiki.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [], allowed_groups: [engineering@example.com]}}
- service: vault
  default: {from: vault.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [], allowed_groups: [security@example.com]}}
- service: quiet
  hidden: true
  default: {from: quiet.latchkey.localhost, to: '{{app}}'}
`,
});

const titles = (body: string) =>
  (JSON.parse(body) as { apps: { title: string }[] }).apps.map(({ title }) => title);

test.each([
  ['admin@example.com', ['Say hello', 'vault', 'wiki']],
  ['engineer@example.com', ['Say hello', 'wiki']],
  ['finance@example.com', ['Say hello']],
])('%s is shown the applications that open for them, and no other', async (email, shown) => {
  const browser = await the.signedIn(email);
  const answer = await browser.fetch(the.stack.url('apps', '/oauth2/apps'), {
    headers: { accept: 'application/json' },
  });
  expect(titles(answer.body)).toEqual(shown);
});

test('a launcher route shows them as a page, on its own host', async () => {
  const browser = await the.signedIn('engineer@example.com');
  const page = await browser.visit(the.stack.url('apps'));
  expect(page.status).toBe(200);
  expect(page.body).toContain(the.stack.url('hello'));
  expect(page.body).toContain('Greets everybody');
  expect(page.body).not.toContain('vault');
  expect(page.body).not.toContain('quiet');
  const script = await browser.fetch(the.stack.url('apps', '/oauth2/apps.js'));
  expect(script.headers['content-type']).toContain('text/javascript');
});

test('it remembers who was there, and asks before it shows what another person may open', async () => {
  const [person, other] = [
    await the.signedIn('engineer@example.com'),
    await the.signedIn('finance@example.com'),
  ];
  const apps = the.stack.url('apps');
  expect((await person.visit(apps)).status).toBe(200);
  const planted = other.cookie(apps, '_sso_proxy');
  await person.jar.setCookie(
    `_sso_proxy=${planted}; Domain=latchkey.localhost; Path=/`,
    the.stack.url('hello'),
  );
  const page = await person.visit(apps);
  expect(page.status).toBe(409);
  expect(page.body).not.toContain('Greets everybody');
});

test('a person without a session is sent to sign in first, and a program gets 401', async () => {
  const browser = the.browser();
  const visit = await signIn(browser, the.stack.url('apps', '/oauth2/apps'), 'finance@example.com');
  expect(visit.url).toBe(the.stack.url('apps', '/oauth2/apps'));
  expect(visit.body).toContain('Say hello');
  expect((await the.browser().fetch(the.stack.url('apps', '/oauth2/apps'))).status).toBe(401);
});

test('a new file changes what is shown, without a restart', async () => {
  const browser = await the.signedIn('finance@example.com');
  const before = the.stack.table.current();
  const { table, diagnostics } = loadUpstreams({
    ...the.stack.proxySettings.upstream,
    file: 'next.yml',
    text: `
- {service: apps, default: {type: launcher, from: apps.latchkey.localhost, options: {allowed_email_domains: [example.com]}}}
- {service: vault, title: Open vault, default: {from: vault.latchkey.localhost, to: '127.0.0.1:${the.stack.app.port}', options: {allowed_email_domains: [example.com]}}}`,
  });
  if (table === undefined) throw new Error(JSON.stringify(diagnostics));
  the.stack.table.replace(table);
  const answer = await browser.fetch(the.stack.url('apps', '/oauth2/apps'), {
    headers: { accept: 'application/json' },
  });
  expect(titles(answer.body)).toEqual(['Open vault']);
  expect((await browser.fetch(the.stack.url('hello'))).status).toBe(421);
  the.stack.table.replace(before);
});
