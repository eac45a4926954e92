// Wherever auth sends a browser, the reading of a browser (WHATWG URL) finds a host of the applications there, for any text
// that is signed. `services/auth/src/sign-in/return-address.property` tries more texts, without a running service.
import { describe, expect, test } from '@jest/globals';
import { deriveKeys, signReturnAddress } from '@latchkey/session';
import * as fc from 'fast-check';
import { useStack } from '../fixtures/use-stack.ts';
import { cases, casesMs } from '@latchkey/testing';
import { addressTexts, isHome } from '@latchkey/testing/address-texts';

describe('for any text that is signed', () => {
  const the = useStack();

  test(
    'auth sends a browser that is signed in nowhere else',
    async () => {
      const browser = await the.signedIn();
      const [key] = deriveKeys([the.stack.serviceSecret], 'return address');
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(addressTexts, async (text) => {
          const signed = signReturnAddress(text, key, Date.now());
          const query = new URLSearchParams({ client_id: 'proxy', ...signed });
          const url = the.stack.authUrl(`/google/sign_in?${query.toString()}`);
          const { status, headers } = await browser.visit(url, { follow: false });
          if (headers['location'] === undefined) return expect(status).toBeGreaterThanOrEqual(400);
          sent += 1;
          return expect([text, isHome(new URL(String(headers['location']), url))]).toEqual([text, true]);
        }),
        { numRuns: Math.ceil(cases(600) / 10) },
      );
      expect(sent).toBeGreaterThan(0);
    },
    casesMs,
  );
});
