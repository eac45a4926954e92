// The mix-up: a browser comes to the callback of one provider with the answer of another (RFC 9207). The code would be shown
// to a provider that it is not from.
import { describe, expect, test } from '@jest/globals';
import { begun, callbackUrl } from '../fixtures/forger.ts';
import { useStack } from '../fixtures/use-stack.ts';

describe.each(['google', 'oidc', 'okta', 'cognito'] as const)('a provider of type %s', (providerType) => {
  const use = useStack({ providerType });

  test.each(['https://evil.example', '', 'HTTPS://ACCOUNTS.GOOGLE.COM'])(
    'is shown no code that comes from "%s"',
    async (iss) => {
      const { stack } = use;
      const browser = use.browser();
      const started = await begun(stack, browser);
      stack.idp.requests.token = 0;
      expect((await browser.visit(callbackUrl(stack, started, { iss }))).status).toBe(502);
      expect(stack.idp.requests.token).toBe(0);
    },
  );

  test('is shown no code that comes from two issuers', async () => {
    const { stack } = use;
    const browser = use.browser();
    const url = callbackUrl(stack, await begun(stack, browser));
    stack.idp.requests.token = 0;
    expect((await browser.visit(`${url}&iss=https://evil.example`)).status).toBeGreaterThanOrEqual(400);
    expect(stack.idp.requests.token).toBe(0);
  });

  test('that promises its name and does not give it is shown none either', async () => {
    const { stack } = use;
    const browser = use.browser();
    const url = new URL(callbackUrl(stack, await begun(stack, browser)));
    url.searchParams.delete('iss');
    stack.idp.requests.token = 0;
    expect((await browser.visit(url.href)).status).toBe(502);
    // Google promises none.
    expect(stack.idp.requests.token).toBe(providerType === 'google' ? 1 : 0);
  });
});
