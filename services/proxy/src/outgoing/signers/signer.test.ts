import { expect, test } from '@jest/globals';
import { sentenceOf } from '@latchkey/settings';
import { createSigner } from './signer.ts';

test.each([
  [
    'a signing key without an algorithm',
    { variables: { wiki_signing_key: 'secret' } },
    'SSO_CONFIG_WIKI_SIGNING_KEY: unable to generate hmac auth for wiki: invalid signature hash:key spec',
  ],
  [
    'an algorithm that is none',
    { variables: { wiki_signing_key: 'sha3:secret' } },
    'unsupported signature hash algorithm: sha3',
  ],
  ['an RSA key that is none', { variables: {}, rsaKey: 'not a key' }, 'REQUESTSIGNER_KEY: '],
])('%s keeps the proxy from starting, by the name of its variable', (_, options, said) => {
  const outcome = createSigner({ rsaKey: undefined, assertionKey: undefined, ...options });
  expect('problems' in outcome && outcome.problems.map(sentenceOf).join()).toContain(said);
  expect(JSON.stringify(outcome)).not.toContain('secret"');
});

test('without keys nothing is signed, and there are no certificates to show', () => {
  const outcome = createSigner({
    variables: { root_domain: 'example.com', wiki_signing_key: '' },
    rsaKey: undefined,
    assertionKey: undefined,
  });
  expect('signer' in outcome && outcome.signer).toMatchObject({ certs: '', assertions: undefined });
});
