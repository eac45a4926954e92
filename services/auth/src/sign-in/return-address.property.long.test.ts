// Whatever text is taken for a return address, the reading of a browser (WHATWG URL) finds a host of the applications there.
import { describe, expect, test } from '@jest/globals';
import { cases, casesMs } from '@latchkey/testing';
import { addressTexts, home, isHome } from '@latchkey/testing/address-texts';
import * as fc from 'fast-check';
import { readReturnAddress } from './return-address.ts';
import type { ReturnRules } from './return-address.ts';

describe('for any text', () => {
  const rules: ReturnRules = {
    proxyDomains: [home],
    ownHost: `sso.${home}`,
    ownOrigin: 'https://sso.corp.example.com',
    cookieDomain: home,
    secure: false,
  };

  test.each(['https://elsewhere.example/a/b', `http://sso.${home}/google/callback`])(
    'that is taken for a return address, a browser at %s goes to an application',
    (from) => {
      let taken = 0;
      fc.assert(
        fc.property(addressTexts, (text) => {
          if (typeof readReturnAddress(text, rules) === 'string') return;
          taken += 1;
          const url = new URL(text, from);
          expect([text, isHome(url), url.username, /^https?:$/.test(url.protocol)]).toEqual([
            text,
            true,
            '',
            true,
          ]);
        }),
        { numRuns: cases(3_000) },
      );
      expect(taken).toBeGreaterThan(100);
    },
    casesMs,
  );
});
