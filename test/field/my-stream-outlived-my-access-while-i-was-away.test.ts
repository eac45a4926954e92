// An answer that is still being sent is not cut where `idle_timeout` is over: a long download is no idleness. From then on its
// person might lose every right to it, and it went on all the same: that they were idle was all that was looked at.
import { expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import { once } from 'node:events';
import { request } from 'node:http';
import type { ServerResponse } from 'node:http';
import { cookieHeader, signIn } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const minute = 60_000;
// Behind the provider, whose clock nobody moves: what it says of later than now counts as now.
let clock = -48 * 60 * minute;
const file = (who: string) => `
- service: desk
  default: { from: desk.latchkey.localhost, to: '{{app}}', options: { ${who}, idle_timeout: 10m } }
`;
const the = useStack({
  providerType: 'oidc',
  now: () => Date.now() + clock,
  upstreams: file('allowed_email_domains: [example.com]'),
});

test('a stream goes on while its person is away, and ends when they are not let in any more', async () => {
  const browser = the.browser();
  await signIn(browser, the.stack.url('desk'), 'engineer@example.com');
  const received = new Promise<ServerResponse>((resolve) => {
    the.stack.app.answer = (_, res) => resolve(res);
  });
  const host = `desk.latchkey.localhost:${the.stack.ports.proxy}`;
  const cookie = await cookieHeader(browser, the.stack.url('desk'));
  const asking = request({ port: the.stack.ports.proxy, headers: { host, cookie }, agent: false }).end();
  const stream = await received;
  stream.write('one');
  const [answer] = await once(asking, 'response');

  const asked = the.stack.nextLine(({ path }) => path === '/oauth2/introspect');
  clock += 11 * minute;
  await asked;
  stream.write('two');
  while (!String((await once(answer, 'data'))[0]).includes('two'));

  const { upstream } = the.stack.proxySettings;
  const text = file('allowed_groups: [security@example.com]').replace(
    '{{app}}',
    `127.0.0.1:${the.stack.app.port}`,
  );
  const { table } = loadUpstreams({ ...upstream, file: 'next.yml', text });
  if (table === undefined) throw new Error('the next file has errors');
  the.stack.table.replace(table);
  const line = the.stack.nextLine(({ msg }) => msg === 'answer cut');
  clock += 2 * minute;
  expect(await line).toMatchObject({ user: 'engineer@example.com', reason: 'no_rule_matches' });
});
