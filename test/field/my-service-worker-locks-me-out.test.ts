// An application's service worker passes a navigation on. Chromium then sends `Sec-Fetch-Dest: empty`, and the person saw raw
// JSON for ever in place of the sign-in.
import { describe, expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

const route = (name: string, more: string) =>
  `- {service: ${name}, default: {from: ${name}.elsewhere.test, to: '{{app}}', options: {allowed_email_domains: [example.com]${more}}}}\n`;
const the = useStack({
  upstreams: route('below', '') + route('root', ', allow_root_service_worker: true'),
  authEnv: { AUTHORIZE_PROXY_DOMAINS: 'latchkey.localhost,elsewhere.test' },
});
const at = (host: string, target: string) =>
  `http://${host}.elsewhere.test:${the.stack.ports.proxy}${target}`;
const passedOn = (site: string) => ({
  follow: false,
  headers: { 'sec-fetch-dest': 'empty', 'sec-fetch-site': site },
});

test('a page is redirected to the sign-in', async () => {
  const { status, headers } = await the.browser().visit(at('below', '/app/x'), passedOn('same-origin'));
  expect([status, headers['location']]).toEqual([302, expect.stringContaining('/oauth2/sign_in?')]);
});

describe('where the operator allows a worker over our addresses', () => {
  test('sign-in and callback work behind it, wherever the person came from', async () => {
    for (const site of ['same-origin', 'same-site', 'cross-site']) {
      const begun = await the.browser().visit(at('root', '/oauth2/sign_in'), passedOn(site));
      expect(begun.headers['set-cookie']).toBeDefined();
      // No attempt of this browser, which is more than a refusal to look.
      const ended = await the.browser().visit(at('root', '/oauth2/callback?state=b'), passedOn(site));
      expect(ended.status).toBe(400);
    }
  });

  test('a sibling page signs nobody out by a frame that the worker passes on', async () => {
    const browser = await the.signedIn('engineer@example.com', at('root', '/'));
    const answer = await browser.visit(at('root', '/oauth2/sign_out'), passedOn('same-site'));
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});

test('nothing begins for what may be a frame, where no worker can be over our addresses, nor at auth', async () => {
  for (const url of [at('below', '/oauth2/sign_in'), the.stack.authUrl('/google/start')]) {
    const answer = await the.browser().visit(url, passedOn('same-site'));
    expect([url, answer.status, answer.headers['set-cookie']]).toEqual([url, 403, undefined]);
  }
});
