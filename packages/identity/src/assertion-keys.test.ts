import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { jwks, loadAssertionKeys } from './assertion-keys.ts';

function fresh(namedCurve = 'P-256') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    pem,
    sec1: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    jwk: privateKey.export({ format: 'jwk' }),
    publicJwk: publicKey.export({ format: 'jwk' }),
  };
}

const one = fresh();
const two = fresh();

function kids(text: string): string[] {
  const keys = loadAssertionKeys(text);
  if ('problem' in keys) throw new Error(keys.problem);
  return keys.map(({ kid }) => kid);
}

test.each([
  ['PKCS#8 PEM', one.pem],
  ['SEC1 PEM', one.sec1],
  [
    'what `openssl ecparam -genkey` writes',
    `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${one.sec1}`,
  ],
  ['a JWK', JSON.stringify(one.jwk)],
  ['a list of JWKs', JSON.stringify([one.jwk])],
  ['a JWK Set', `\n${JSON.stringify({ keys: [one.jwk] })}\n`],
])('a private key is read from %s, under its thumbprint', async (_, text) => {
  const keys = loadAssertionKeys(text);
  expect(keys).toEqual([expect.objectContaining({ kid: await calculateJwkThumbprint(one.publicJwk) })]);
  expect(keys).toEqual([expect.objectContaining({ privateKey: expect.anything() })]);
});

test('of several keys the order is kept, and one that stands there twice counts once', () => {
  expect(kids(one.pem + two.publicPem + one.publicPem)).toEqual([...kids(one.pem), ...kids(two.pem)]);
  expect(kids(JSON.stringify([two.jwk, one.publicJwk]))).toEqual([...kids(two.pem), ...kids(one.pem)]);
});

test('what is published verifies, and holds nothing that signs', () => {
  const keys = loadAssertionKeys(one.pem + two.pem);
  if ('problem' in keys) throw new Error(keys.problem);
  const published = JSON.parse(jwks(keys)) as { keys: Array<Record<string, string>> };
  expect(published.keys.map(({ kid }) => kid)).toEqual(kids(one.pem + two.pem));
  for (const key of published.keys) {
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  }
});

describe('what is no key of assertions is refused, with what to write, and nothing of it is shown', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'hunter2',
  });

  test.each([
    ['hunter2', 'neither PEM text nor a JWK'],
    ['{"d":"hunter2"', 'is not JSON'],
    ['[]', 'has no key'],
    ['{"kty":"oct","k":"hunter2"}', 'cannot be read'],
    ['{"kty":"EC","crv":"P-256","x":"hunter2","y":"hunter2","d":"hunter2"}', 'cannot be read'],
    [JSON.stringify({ ...one.jwk, alg: 'ES384' }), 'this key is for "ES384"'],
    ['-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n', 'cannot be read'],
    [fresh('P-384').pem, 'of the curve secp384r1'],
    [rsa.export({ type: 'pkcs8', format: 'pem' }).toString(), 'of the kind rsa'],
    [encrypted.toString(), 'is encrypted'],
    [one.pem + fresh('P-521').pem, 'key 2: this key is of the curve secp521r1'],
  ])('%#', (text, said) => {
    const keys = loadAssertionKeys(text);
    const problem = 'problem' in keys ? keys.problem : '';
    expect(problem).toContain(said);
    expect(problem).toContain('`latchkey keys assertion` makes one');
    expect(problem).not.toContain('hunter2');
  });
});
