import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { renderConfigurationReference } from './reference.ts';

test('docs/configuration.md is what the tables say; if not, run npx --yes pnpm@12.21.0 run docs', () => {
  const file = new URL('../../../docs/configuration.md', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(renderConfigurationReference());
});

test('a row says what has no effect, what is secret and which names are deprecated', () => {
  const rows = renderConfigurationReference().split('\n');
  expect(rows.find((row) => row.includes('| `REQUESTSIGNER_KEY` |'))).toBe(
    '| `REQUESTSIGNER_KEY` | text |  |  | The RSA private key (PKCS#8 PEM) that signs requests to applications. It may hold several keys, one below the other: the first signs, and the public keys of all are published at /oauth2/v1/certs. Secret. Deprecated names: `REQUEST_SIGNATURE_KEY`. |',
  );
});
