import { expect, test } from '@jest/globals';
import { readSshCertificate } from '@latchkey/testing/ssh-certificate';
import { generateKeyPairSync, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { signSshCertificate } from './certificate.ts';
import { authorityLine, readSshAuthority, readUserKey, userKeyTexts } from './keys.ts';
import type { SshAuthority } from './keys.ts';
import { principalProblem, principalsOf } from './principals.ts';
import { readStrings, sshString } from './wire.ts';

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function authorityOf(text: string): SshAuthority {
  const authority = readSshAuthority(text);
  if (typeof authority === 'string') throw new Error(authority);
  return authority;
}

test('an authority is read as ssh-keygen and as openssl write it', () => {
  const line = authorityLine(authorityOf(pem(ed25519.privateKey)));
  expect(authorityLine(authorityOf(userKeyTexts(ed25519.privateKey).file))).toBe(line);
  expect(userKeyTexts(ed25519.privateKey).publicLine).toBe(line);
  expect(authorityLine(authorityOf(pem(p256.privateKey)))).toMatch(/^ecdsa-sha2-nistp256 AAAA/);
});

test.each([
  ['of RSA', pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), 'a key of another kind'],
  ['of another curve', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), 'another kind'],
  [
    'with a passphrase',
    ed25519.privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
    'a passphrase',
  ],
  ['that is none', 'to do', 'no private key'],
  ['that is cut off', userKeyTexts(ed25519.privateKey).file.slice(0, 150), 'no private key'],
  [
    'of nothing',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
    'no private',
  ],
])('an authority %s says what is wrong', (_, text, why) => {
  expect(readSshAuthority(text)).toContain(why);
});

test.each([
  ['ed25519', ed25519],
  ['ecdsa', p256],
])('a certificate says what it was made of, and its signature holds (%s)', (_, { privateKey, publicKey }) => {
  const key = readUserKey(userKeyTexts(generateKeyPairSync('ed25519').privateKey).publicLine);
  const about = { key: key ?? Buffer.alloc(0), keyId: 'ann', from: 1, until: 301 };
  for (let round = 0; round < 50; round += 1) {
    const line = signSshCertificate(authorityOf(pem(privateKey)), {
      ...about,
      principals: ['ann', 'a@x.test'],
    });
    const [type = '', base64 = ''] = line.split(' ');
    const bytes = Buffer.from(base64, 'base64');
    expect(type).toBe('ssh-ed25519-cert-v01@openssh.com');
    expect(bytes.indexOf(Buffer.concat([sshString('ann'), sshString('a@x.test')]))).toBeGreaterThan(0);
    const { body, signature } = split(bytes);
    const [kind = '', blob = Buffer.alloc(0)] = readStrings(signature) ?? [];
    const isEc = kind.toString() === 'ecdsa-sha2-nistp256';
    const raw = isEc ? fixed(readStrings(blob) ?? []) : blob;
    const by = isEc ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const } : publicKey;
    expect(verify(isEc ? 'sha256' : null, body, by, raw)).toBe(true);
  }
});

test('a certificate is of a person, from and until what was asked for, and gives a terminal alone', () => {
  const authority = authorityOf(pem(ed25519.privateKey));
  const about = { key: Buffer.alloc(32), keyId: 'ann', principals: ['ann', 'ops'] as const };
  const until = Date.UTC(2100, 0) / 1000;
  expect(
    readSshCertificate(signSshCertificate(authority, { ...about, from: until - 360, until })),
  ).toStrictEqual({
    type: 1,
    keyId: 'ann',
    principals: ['ann', 'ops'],
    from: BigInt(until - 360),
    until: BigInt(until),
    criticalOptions: [],
    extensions: ['permit-pty', ''],
  });
});

// The signature is the last string, so its length is that of what is left.
function split(bytes: Buffer): { body: Buffer; signature: Buffer } {
  for (let at = bytes.length - 4; at > 0; at -= 1) {
    const signature = bytes.subarray(at + 4);
    if (
      bytes.readUInt32BE(at) === signature.length &&
      /^(?:ssh-ed25519|ecdsa)/.test(String(readStrings(signature)?.[0]))
    ) {
      return { body: bytes.subarray(0, at), signature };
    }
  }
  throw new Error('no signature');
}

const fixed = (numbers: readonly Buffer[]) =>
  Buffer.concat(numbers.map((number) => Buffer.concat([Buffer.alloc(32), number]).subarray(-32)));

test.each([
  '',
  'ssh-rsa AAAA',
  'ssh-ed25519 AAAA',
  `${userKeyTexts(ed25519.privateKey).publicLine} comment`,
  `${userKeyTexts(ed25519.privateKey).publicLine}\nssh-ed25519 AAAA`,
  `ssh-ed25519 ${Buffer.concat([sshString('ssh-rsa'), sshString(Buffer.alloc(32))]).toString('base64')}`,
  `ssh-ed25519 ${Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(31))]).toString('base64')}`,
  `ssh-ed25519 ${'A'.repeat(5_000)}`,
])('what is no public key of Ed25519 is none (%j)', (line) => {
  expect(readUserKey(line)).toBeUndefined();
});

test('principals are filled in with what is known of a person', () => {
  const person = { email: 'ann.b+c@example.com', user: 'ann.b+c' };
  expect(principalsOf(['{user}', 'dba-{user}', '{email}', 'ops'], person)).toEqual([
    'ann.b+c',
    'dba-ann.b+c',
    'ann.b+c@example.com',
    'ops',
  ]);
});

test.each([
  '',
  'a,root',
  'a\nroot',
  'a root',
  '-oProxyCommand=x',
  '../root',
  'a\0',
  'ä',
  '*',
  '{email}',
  'root',
])(
  'a name of an account that is something else in a list of names is refused, and never changed (%j)',
  (user) => {
    expect(() => principalsOf(['{user}'], { email: 'x@example.com', user })).toThrow();
  },
);

test('the file alone makes somebody root', () => {
  expect(principalsOf(['root'], { email: 'x@example.com', user: 'x' })).toEqual(['root']);
});

test.each([
  ['{user}', undefined],
  ['dba-{user}', undefined],
  ['{groups}', '{groups} is neither {email} nor {user}'],
  ['a,b', 'it is made of'],
  ['*', 'it is made of'],
  ['{user', 'it is made of'],
])('a principal of the file is looked at before anybody comes (%s)', (template, problem) => {
  const found = principalProblem(template);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});
