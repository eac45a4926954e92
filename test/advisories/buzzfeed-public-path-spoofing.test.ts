// BuzzFeed SSO never removed identity headers that a client sent: on a public path (`skip_auth_regex`) they went to the
// application, and its request signature vouched for them.
import { describe, expect, test } from '@jest/globals';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();
const names = [
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded-Access-Token',
  'Gap-Signature',
  'Sso-Signature',
  'kid',
];
const forged = Object.fromEntries(names.map((name) => [name, 'admin@example.com']));

describe.each([
  ['without a session', () => Promise.resolve(the.browser())],
  ['with a session', () => the.signedIn()],
])('a public path %s', (_, browserOf) => {
  test('carries no identity at all, forged or real', async () => {
    const browser = await browserOf();
    const answer = await browser.fetch(the.stack.url('hello', '/public/page'), { headers: forged });
    expect(answer.status).toBe(200);
    const [entry = { rawHeaders: [] }] = the.stack.app.received;
    for (const name of names) expect(valuesOf(entry, name)).toEqual([]);
    expect(valuesOf(entry, 'Cookie')).toEqual([]);
  });
});

test('X-Forwarded-Access-Token does not pass on a signed-in path either', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('hello'), { headers: forged });
  const [entry = { rawHeaders: [] }] = the.stack.app.received;
  expect(valuesOf(entry, 'X-Forwarded-Access-Token')).toEqual([]);
  expect(valuesOf(entry, 'X-Forwarded-User')).toEqual(['engineer']);
});
