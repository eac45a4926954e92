import { expect, test } from '@jest/globals';
import { readSigningKeys } from './signing-keys.ts';

test('every key that is wrong is reported by the name of its variable, and nothing of it is shown', () => {
  const keys = readSigningKeys({
    variables: { wiki_signing_key: 'hunter2', docs_signing_key: 'sha3:hunter2' },
    rsaKey: 'hunter2',
    assertionKey: 'hunter2',
  });
  expect('problems' in keys && keys.problems.map(({ variable }) => variable)).toEqual([
    'SSO_CONFIG_WIKI_SIGNING_KEY',
    'SSO_CONFIG_DOCS_SIGNING_KEY',
    'REQUESTSIGNER_KEY',
    'ASSERTION_KEY',
  ]);
  expect(JSON.stringify(keys)).not.toContain('hunter2');
});

test('a key is found by the name of its service', () => {
  const keys = readSigningKeys({
    variables: { wiki_signing_key: 'sha256:hunter2', root_domain: 'example.com', docs_signing_key: '' },
    rsaKey: undefined,
    assertionKey: undefined,
  });
  expect('gap' in keys && [...keys.gap.keys()]).toEqual(['wiki']);
});
