// I had several applications open, each on a domain of its own, and auth was asked about me for each of them every minute.
import { expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

const upstreams = `
- service: hello
  default: {from: hello.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com]}}
- service: payroll
  default: {from: payroll.elsewhere.test, to: '{{app}}', options: {allowed_groups: [engineering@example.com]}}
- service: archive
  default: {from: archive.elsewhere.test, to: '{{app}}', options: {allowed_groups: [engineering@example.com]}}
`;
let later = 0;
const the = useStack({
  upstreams,
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
  now: () => Date.now() + later,
});
const hosts = ['hello.latchkey.localhost', 'payroll.elsewhere.test', 'archive.elsewhere.test'];
const at = (host: string) => `http://${host}:${the.stack.ports.proxy}/`;
const questions = () => the.stack.log.filter(({ path }) => path === '/oauth2/introspect').length;

test('all that one person uses is one question a minute, and what it answers is good for all', async () => {
  const browser = await the.signedIn('engineer@example.com', at('hello.latchkey.localhost'));
  for (const host of hosts) expect((await browser.visit(at(host))).status).toBe(200);
  const get = async (host: string) => (await browser.fetch(at(host))).status;

  for (const minute of [1, 2]) {
    later = minute * 61_000;
    const before = questions();
    expect(await Promise.all(hosts.map(get))).toEqual([200, 200, 200]);
    expect(await Promise.all(hosts.map(get))).toEqual([200, 200, 200]);
    expect(questions() - before).toBe(1);
  }

  await the.stack.auth.stop();
  later += 3_600_000;
  expect(await Promise.all(hosts.map(get))).toEqual([200, 200, 200]);
});
