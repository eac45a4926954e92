// Invariant 7: one key, one purpose. A token of one kind is refused wherever another is expected (CVE-2024-47616), even
// when every secret of the installation is the same.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { deriveKeys, keyPurposes, seal, signReturnAddress, unseal } from '@latchkey/session';
import { valuesOf } from '../fixtures/recorder.ts';
import { useStack } from '../fixtures/use-stack.ts';

const secret = 'one secret for everything';

describe.each(keyPurposes)('what is sealed as %s', (sealedAs) => {
  test.each(keyPurposes)('opens as %s only if that is the same', async (openedAs) => {
    const sealed = await seal({ sid: 'x' }, deriveKeys([secret], sealedAs));
    const opened = await unseal(sealed, deriveKeys([secret], openedAs));
    expect(opened).toEqual(sealedAs === openedAs ? { sid: 'x' } : undefined);
  });
});

const { privateKey: assertionKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const the = useStack({ proxyEnv: { ASSERTION_KEY: assertionKey } });

test('no other token of ours is a session cookie', async () => {
  const browser = the.browser();
  await browser.visit(the.stack.url('hello'));
  const attempts = (await browser.jar.getCookies(the.stack.authUrl('/'))).filter(({ key }) =>
    key.startsWith('latchkey_attempt_'),
  );
  expect(attempts).toHaveLength(1);
  for (const { value } of attempts) {
    const answer = await the
      .browser()
      .fetch(the.stack.url('hello'), { headers: { cookie: `_sso_proxy=${value}` } });
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'session_unreadable' });
  }
});

test('a session cookie is no attempt, and the credential of the proxy signs no return address', async () => {
  const browser = await the.signedIn();
  const session = browser.cookie(the.stack.url('hello'), '_sso_proxy') ?? '';
  const atCallback = await the
    .browser()
    .visit(the.stack.authUrl(`/google/callback?code=x&state=${session.slice(0, 40)}`), {
      headers: { cookie: `latchkey_attempt_x=${session}` },
    });
  expect(atCallback.status).toBe(400);

  const signed = signReturnAddress(
    the.stack.url('hello'),
    { id: '0', secret: the.stack.serviceSecret },
    Date.now(),
  );
  const query = new URLSearchParams({ client_id: 'proxy', ...signed });
  expect((await the.browser().visit(the.stack.authUrl(`/google/sign_in?${query.toString()}`))).status).toBe(
    400,
  );
});

test('what tells an application who asks opens nothing of ours', async () => {
  const browser = await the.signedIn();
  await browser.fetch(the.stack.url('wiki'));
  const [received = { rawHeaders: [] }] = the.stack.app.received;
  const [assertion = ''] = valuesOf(received, 'X-Latchkey-Jwt-Assertion');
  expect(assertion).toMatch(/^eyJ/);

  const credentials = [
    { cookie: `_sso_proxy=${assertion}` },
    { authorization: `Bearer ${assertion}` },
    { 'x-latchkey-jwt-assertion': assertion },
  ];
  for (const headers of credentials) {
    const answer = await the.browser().fetch(the.stack.url('wiki'), { headers });
    expect([answer.status, the.stack.app.received.length]).toEqual([401, 1]);
  }
  const introspected = await the.browser().fetch(the.stack.authUrl('/oauth2/introspect'), {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`proxy:${the.stack.serviceSecret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ token: assertion }).toString(),
  });
  expect([introspected.status, JSON.parse(introspected.body)]).toEqual([200, { active: false }]);
});
