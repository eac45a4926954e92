import { expect, test } from '@jest/globals';
import { deriveKeys } from '@latchkey/session';
import { aRequest } from '@latchkey/testing';
import * as fc from 'fast-check';
import { createAddresses } from './addresses.ts';

const pieces = '/ // . .. /../ %2e %2E %2f %5C \\ ; ;x a %61 % ... [...x] @ :'.split(' ');
const path = fc.array(fc.constantFrom(...pieces), { maxLength: 10 }).map((parts) => `/${parts.join('')}`);

test('the way back from a sign-in leads to the host that was asked for', () => {
  const addresses = createAddresses({
    externalUrl: new URL('https://sso.example.com'),
    clientId: 'proxy',
    secure: true,
    keys: deriveKeys(['secret'], 'return address'),
    isShared: () => true,
    lifetimeMs: 3_600_000,
    now: () => 1_700_000_000_000,
  });
  const latin1 = fc.string({
    unit: fc.integer({ max: 0xff, min: 0 }).map((code) => String.fromCodePoint(code)),
  });
  const anyTarget = fc.oneof(
    path,
    latin1.map((text) => `/${text}`),
  );
  fc.assert(
    fc.property(anyTarget, (target) => {
      const signIn = new URL(addresses.signIn({ ...aRequest(), target }, ['google'], 'no_session'));
      const back = new URL(signIn.searchParams.get('redirect_uri') ?? '');

      expect([signIn.host, back.origin]).toEqual(['sso.example.com', 'https://wiki.example.com']);
    }),
    { numRuns: 400 },
  );
});
