// Dashboards keep what is chosen in the address. A query of 2 800 characters was lost at the sign-in, without a word.
import { expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- {service: hello, default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
- {service: payroll, default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]}}}
`,
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
});
const hosts = ['hello.latchkey.localhost', 'payroll.elsewhere.test'];
const at = (host: string, target: string) => `http://${host}:${the.stack.ports.proxy}${target}`;

function filters(length: number): string {
  let query = '?from=now-6h&to=now';
  for (let n = 0; query.length < length; n += 1) query += `&var-instance=web-${n}.eu-west-1.example.com`;
  return query;
}

test.each(hosts)('a query of 6 000 characters as people have them comes back: %s', async (host) => {
  const url = at(host, `/d/1${filters(6_000)}`);
  const visit = await signIn(the.browser(), url, 'engineer@example.com');
  expect([visit.status, visit.url]).toEqual([200, url]);
});

test('what no link can carry leads to the first page, and the log says so', async () => {
  const line = the.stack.nextLine(({ detail }) => detail === 'the URL is too long to come back to');
  const url = at('hello.latchkey.localhost', `/d/1?q=${'%20'.repeat(4_000)}`);
  const { headers } = await the.browser().visit(url, { follow: false });
  const back = new URL(String(headers['location'])).searchParams.get('redirect_uri');
  expect(back).toBe(at('hello.latchkey.localhost', '/'));
  await line;
});

test.each(hosts)('what no cookie can hold is cut whole, and the log says so: %s', async (host) => {
  const visit = await signIn(
    the.browser(),
    at(host, `/d/1?state=${randomBytes(5_000).toString('base64url')}`),
    'engineer@example.com',
  );
  expect([visit.status, visit.url]).toEqual([200, at(host, '/d/1')]);
  const detail = 'the way back is too long for a cookie, and lost its query';
  expect(the.stack.log).toContainEqual(expect.objectContaining({ detail }));
});
