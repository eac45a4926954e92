import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { flawOfKeySet } from './key-set-file.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...publicKey.export({ format: 'jwk' }), kid: 'one' };
const secret = { kty: 'oct', k: 'c2VjcmV0' };

test('a set of public keys has none, whatever else is among them', () => {
  expect(flawOfKeySet(JSON.stringify({ keys: [{ kty: 'new' }, secret, key] }))).toBeUndefined();
});

test.each([
  ['nothing', '', 'is no JSON'],
  ['a page', '<html>', 'is no JSON'],
  ['PEM', publicKey.export({ format: 'pem', type: 'spki' }).toString(), 'holds PEM'],
  ['a text', '"x"', 'has no list of `keys`'],
  ['what discovery gives', '{"jwks_uri": "https://idp.example.com/k"}', 'has no list of `keys`'],
  ['one key', JSON.stringify(key), 'is one key, and not a list'],
  ['no keys', '{"keys": []}', 'has no key in `keys`'],
  ['a private key', JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] }), 'a private key'],
  ['a secret', JSON.stringify({ keys: [secret] }), 'has no public key'],
  ['a key that is cut off', JSON.stringify({ keys: [{ ...key, y: undefined }] }), 'has no public key'],
  ['a number', '{"keys": [1]}', 'an entry in `keys` that is no key'],
  ['nothing beside a key', JSON.stringify({ keys: [null, key] }), 'an entry in `keys` that is no key'],
  ['a list beside a key', JSON.stringify({ keys: [key, [key]] }), 'an entry in `keys` that is no key'],
])('%s is none', (_, text, flaw) => {
  expect(flawOfKeySet(text)).toContain(flaw);
});
