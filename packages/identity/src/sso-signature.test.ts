import { constants, createHash, generateKeyPairSync, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SignedRequest } from './signed-request.ts';
import { certs, loadRsaSigner, ssoSignature } from './sso-signature.ts';
import type { RsaSigner } from './sso-signature.ts';

const request: SignedRequest = {
  method: 'POST',
  headers: [
    ['Content-Length', '4'],
    ['X-Forwarded-User', 'ada'],
    ['X-Forwarded-Groups', ''],
    ['Cookie', 'theme=dark'],
  ],
  path: Buffer.from('/a/b'),
  query: 'x=%2F&y',
  body: Buffer.from('body'),
};
const bare = { method: 'GET', headers: [], path: Buffer.from('/'), query: '', body: Buffer.alloc(0) };

let pair: { privateKey: KeyObject; publicKey: KeyObject };
let pem: string;
let signer: RsaSigner;

beforeAll(() => {
  pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  signer = signerFrom(pem);
});

function signerFrom(text: string): RsaSigner {
  const loaded = loadRsaSigner(text);
  if ('problem' in loaded) throw new Error(loaded.problem);
  return loaded;
}

function problemOf(text: string): string | undefined {
  const loaded = loadRsaSigner(text);
  return 'problem' in loaded ? loaded.problem : undefined;
}

/** Verifies as an upstream does: by the key that the certs name, over a text of its own. */
function verifies({ signature, kid }: { signature: string; kid: string }, text: string): boolean {
  const published = JSON.parse(certs([signer])) as Record<string, string>;
  const key = published[kid] ?? '';
  const octets = Buffer.from(signature.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
  return verify('sha256', Buffer.from(text), { key, padding: constants.RSA_PKCS1_PADDING }, octets);
}

function ecKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

describe('Sso-Signature', () => {
  test('is verified by the published key over the lines that say something', () => {
    expect(verifies(ssoSignature(signer, request), '4\nada\ntheme=dark\n/a/b?x=%2F&y\nbody')).toBe(true);
  });

  test('of a request without a body covers the line feed after the address', () => {
    expect(verifies(ssoSignature(signer, bare), '/\n')).toBe(true);
    expect(verifies(ssoSignature(signer, bare), '/')).toBe(false);
  });

  test('is not verified over a changed text', () => {
    expect(verifies(ssoSignature(signer, request), '4\neve\ntheme=dark\n/a/b?x=%2F&y\nbody')).toBe(false);
  });

  test('is base64url with its padding', () => {
    // 256 octets: 342 characters and two of padding. Many signatures, for some have neither - nor _.
    const signatures = Array.from({ length: 8 }, (_, at) =>
      ssoSignature(signer, { ...bare, query: `${at}` }),
    ).map(({ signature }) => signature);

    for (const signature of signatures) expect(signature).toMatch(/^[\w-]{342}==$/);
    expect(signatures.join('')).toMatch(/[-_]/);
  });

  test('is the same for the same request', () => {
    expect(ssoSignature(signer, request)).toEqual(ssoSignature(signer, request));
  });
});

describe('the kid', () => {
  test('is the SHA-256 of the PKCS#1 PEM text with 64 characters a line and a last line feed', () => {
    const base64 = pair.publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
    const lines = base64.match(/.{1,64}/g) ?? [];
    const text = ['-----BEGIN RSA PUBLIC KEY-----', ...lines, '-----END RSA PUBLIC KEY-----', ''].join('\n');

    expect(signer.publicKey).toBe(text);
    expect(signer.kid).toBe(createHash('sha256').update(text).digest('hex'));
    expect(ssoSignature(signer, bare).kid).toBe(signer.kid);
  });

  test.each<[how: string, rewrite: (text: string) => string]>([
    ['as it was', (text) => text],
    ['without its last line feed', (text) => text.trimEnd()],
    ['with the line ends of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['with words around it', (text) => `a key:\n${text}its end\n`],
  ])('stays when the same key is loaded %s', (_how, rewrite) => {
    expect(signerFrom(rewrite(pem)).kid).toBe(signer.kid);
  });
});

test('the certs are an object from kid to public key, indented by two, without a last line feed', () => {
  const escaped = signer.publicKey.replaceAll('\n', String.raw`\n`);

  expect(certs([signer])).toBe(`{\n  "${signer.kid}": "${escaped}"\n}`);
});

test('neither the certs nor the signer as JSON hold the private key', () => {
  const secret = pem.split('\n')[3] ?? '';

  expect(secret).toHaveLength(64);
  expect(certs([signer]) + JSON.stringify(signer)).not.toContain(secret);
});

describe('a key that is refused', () => {
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
  const encrypted = { ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'hunter2' } as const;

  test.each<[what: string, make: () => { toString(): string }, problem: RegExp]>([
    [
      'PKCS#1',
      () => pair.privateKey.export({ type: 'pkcs1', format: 'pem' }),
      /PKCS#1 .* `openssl pkcs8 -topk8/,
    ],
    ['encrypted', () => pair.privateKey.export(encrypted), /is encrypted .* `openssl pkcs8 -topk8/],
    ['EC in SEC 1', () => ecKey().export({ type: 'sec1', format: 'pem' }), /an EC key, write an RSA key/],
    ['EC in PKCS#8', () => ecKey().export(pkcs8), /no plain RSA key, write an RSA key/],
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey.export(pkcs8), /no plain RSA key/],
    [
      'RSA-PSS',
      () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export(pkcs8),
      /no plain RSA key/,
    ],
    ['public', () => pair.publicKey.export({ type: 'spki', format: 'pem' }), /a PEM of "PUBLIC KEY", write/],
    ['no PEM', () => 'hunter2', /no PEM text, write an RSA private key in PKCS#8 PEM/],
    ['empty', () => '', /no PEM text/],
    ['cut off', () => pem.slice(0, 500), /cannot be read, write the whole PEM text with its line breaks/],
    ['with \\n for line breaks', () => pem.replaceAll('\n', String.raw`\n`), /with its line breaks/],
    [
      'garbage in a PEM',
      () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      /cannot be read/,
    ],
  ])('because it is %s', (_what, make, problem) => {
    expect(problemOf(make().toString())).toMatch(problem);
  });
});
