import { describe, expect, test } from '@jest/globals';
import { load, placesOf, tableOf } from '../../test-support/load.ts';

const services = 'services: [{service: a, default: {from: a.example.com, to: http://a}}]\n';
const base = 'issuer: https://idp.example.com, audiences: [api]';

function withIssuers(...entries: string[]): string {
  return `issuers:\n${entries.map((entry) => `  - {${entry}}\n`).join('')}${services}`;
}

test('an issuer is what is written of it, and the usual for the rest', () => {
  expect(tableOf(withIssuers(base)).root.issuers).toEqual([
    {
      issuer: 'https://idp.example.com',
      audiences: ['api'],
      callers: 'machines',
      emailDomains: [],
      keys: { from: 'discovery', at: 'https://idp.example.com' },
      algorithms: expect.arrayContaining(['ES256', 'RS256', 'EdDSA']),
      leewayMs: 30_000,
      claims: { subject: 'sub', scopes: ['scope', 'scp'], groups: undefined, client: ['client_id', 'azp'] },
    },
  ]);
});

describe('an issuer that cannot be used', () => {
  test.each([
    ['without audiences', ['issuer: https://idp.example.com'], ['LK321 2:14']],
    ['without a name', ['audiences: [api]'], ['LK321 2:5']],
    ['over plain HTTP', ['issuer: http://idp.example.com, audiences: [api]'], ['LK320 2:14']],
    ['with a query', ["issuer: 'https://idp.example.com/?a', audiences: [api]"], ['LK320 2:14']],
    ['with keys over plain HTTP', [`${base}, jwks_url: 'http://idp.example.com/k'`], ['LK320 2:67']],
    ['with keys in two places', [`${base}, jwks_url: 'https://k.example', jwks_file: /k`], ['LK320 2:99']],
    ['with a shared secret', [`${base}, algorithms: [ES256, HS256]`], ['LK323 2:77']],
    ['without a signature', [`${base}, algorithms: [none]`], ['LK323 2:70']],
    ['of any people', [`${base}, callers: people`], ['LK321 2:14']],
    ['of machines with addresses', [`${base}, email_domains: [example.com]`], ['LK320 2:14']],
    ['of nobody', [`${base}, callers: cats`], ['LK320 2:66']],
    ['whose clock is not set', [`${base}, leeway: 1h`], ['LK320 2:65']],
    ['that stands there twice', [base, base], ['LK322 3:14']],
    ['with a key that nothing reads', [`${base}, audience: api`], ['LK202 2:57']],
  ])('%s', (_, entries, places) => {
    expect(placesOf(load(withIssuers(...entries)))).toEqual(places);
  });
});

test('a mistake in a file of keys is reported where the upstream file names it', () => {
  const text = withIssuers(`${base}, jwks_file: /k.json`);
  const looked: string[] = [];
  const lookAtKeys = (path: string) => {
    looked.push(path);
    return 'is no JSON: write a JWK Set';
  };

  expect(load(text, { lookAtKeys })).toMatchObject({
    table: undefined,
    diagnostics: [
      {
        code: 'LK521',
        line: 2,
        column: 68,
        message: '`jwks_file`: "/k.json" is no JSON: write a JWK Set',
      },
    ],
  });
  expect(looked).toEqual(['/k.json']);
  expect(placesOf(load(text))).toEqual([]);
});

test('an issuer on the machine of the proxy itself may do without TLS', () => {
  for (const address of [
    'http://localhost:8080/',
    'http://idp.latchkey.localhost',
    'http://127.0.0.1:1',
    'http://[::1]:1',
  ]) {
    expect(placesOf(load(withIssuers(`issuer: '${address}', audiences: [api]`)))).toEqual([]);
  }
});
