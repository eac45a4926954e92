import { describe, expect, test } from '@jest/globals';
import { foldName, isReserved } from './names.ts';

describe('a header name that only we may send', () => {
  test.each([
    'X-Forwarded-User',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Access-Token',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Port',
    'X-Forwarded-Prefix',
    'X-Forwarded-For',
    'X-Forwarded-Uri',
    'X-Forwarded-Whatever-Comes',
    'X-Latchkey-Jwt-Assertion',
    'X-Latchkey-',
    'Client-Cert',
    'Client-Cert-Chain',
    'X-Client-Cert',
    'X-Client-Certificate',
    'X-Client-Cert-Dn',
    'Ssl-Client-Verify',
    'Ssl-Client-Subject-Dn',
    'X-Ssl-Client-Cn',
    'X-Ssl-Client-Verify',
    'X-Forwarded-Client-Cert',
    'X-Forwarded-Tls-Client-Cert',
    'X-Arr-Clientcert',
    'Cloudfront-Viewer-Cert-Subject',
    'Cf-Client-Cert-Sha256',
    'X-Amzn-Mtls-Clientcert',
    'X-Amzn-Mtls-Clientcert-Subject',
    'X-Real-Ip',
    'X-Request-Id',
    'Forwarded',
    'Gap-Auth',
    'Gap-Signature',
    'Sso-Signature',
    'Sso-Authenticated-User',
    'kid',
  ])('%s, in every spelling', (name) => {
    const spellings = [
      name,
      name.toLowerCase(),
      name.toUpperCase(),
      name.replaceAll('-', '_'),
      name.replaceAll('-', '.'),
      name.replaceAll('-', '~'),
      name.replace('-', '_'),
      name.toUpperCase().replaceAll('-', '_'),
    ];

    for (const spelling of spellings) expect([spelling, isReserved(spelling)]).toEqual([spelling, true]);
  });
});

describe('a header name that anybody may send', () => {
  test.each([
    'Accept',
    'Authorization',
    'Cookie',
    'Content-Type',
    'Forward',
    'Forwarded-For',
    'X-Forwarded',
    'X-Forwardeduser',
    'X--Forwarded-User',
    'Xx-Forwarded-User',
    'My-X-Forwarded-User',
    'X-Latchkey',
    'Client',
    'X-Client-Id',
    'X-Ssl',
    'X-Client-Version',
    'X-Request-Id2',
    'Kids',
    'X-Kid',
    '',
  ])('%j', (name) => {
    expect(isReserved(name)).toBe(false);
  });
});

test.each([
  ['X_Forwarded.User', 'x-forwarded-user'],
  ["!#$%&'*+-.^_`|~", '---------------'],
  ['a1', 'a1'],
  ['', ''],
])('%j folds to %j', (name, folded) => {
  expect(foldName(name)).toBe(folded);
  expect(foldName(folded)).toBe(folded);
});
