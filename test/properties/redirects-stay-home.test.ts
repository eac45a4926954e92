// Wherever a browser may be sent, the reading of a browser (WHATWG URL) finds a host of the applications there: for any text
// that is taken, and through the running service for any text that is signed.
import { describe, expect, test } from '@jest/globals';
import { deriveKeys, signReturnAddress } from '@latchkey/session';
import * as fc from 'fast-check';
import { readReturnAddress } from '../../services/auth/src/sign-in/return-address.ts';
import type { ReturnRules } from '../../services/auth/src/sign-in/return-address.ts';
import { useStack } from '../fixtures/use-stack.ts';
import { cases, casesMs } from './cases.ts';

const home = 'latchkey.localhost';
const pieces = [
  'http://',
  'https://',
  'http:',
  'HTTPS://',
  '//',
  '/',
  '\\',
  '\\\\',
  '/\\',
  ':',
  '@',
  '.',
  '..',
  '#',
  '?',
  '&',
  home,
  `hello.${home}`,
  `HELLO.${home}.`,
  'evil.test',
  `evil${home}`,
  `${home}.evil.test`,
  '127.0.0.1',
  '[::1]',
  ':80',
  ':443',
  ':0x50',
  ':',
  '%2e',
  '%2f',
  '%5c',
  '%00',
  '%40',
  '%09',
  '。',
  '．',
  '／',
  '＠',
  'ⓔ',
  'ß',
  '\u00ad',
  ' ',
  '\t',
  '\n',
  '\r',
  '\v',
  '\0',
  '\u00a0',
  '\u2028',
  'javascript:',
  'data:',
  'x',
  'user:password@',
  '[',
  ']',
];
const anyText = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
  fc
    .array(fc.constantFrom(...pieces), { maxLength: 4 })
    .map((parts) => `http://hello.${home}${parts.join('')}`),
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
);

const isHome = ({ hostname }: URL) => /^(?:.+[.])?latchkey[.]localhost[.]?$/.test(hostname);

describe('for any text', () => {
  const rules: ReturnRules = {
    proxyDomains: [home],
    ownHost: `sso.${home}`,
    cookieDomain: home,
    secure: false,
  };

  test.each(['https://elsewhere.example/a/b', `http://sso.${home}/google/callback`])(
    'that is taken for a return address, a browser at %s goes to an application',
    (from) => {
      let taken = 0;
      fc.assert(
        fc.property(anyText, (text) => {
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

describe('for any text that is signed', () => {
  const the = useStack();

  test(
    'auth sends a browser that is signed in nowhere else',
    async () => {
      const browser = await the.signedIn();
      const [key] = deriveKeys([the.stack.serviceSecret], 'return address');
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(anyText, async (text) => {
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
