import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority } from '@latchkey/testing/authority';
import { readTlsFiles } from './tls-files.ts';

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../../../test/fixtures/tls', name), 'utf8');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

const findingsOf = (files: Parameters<typeof readTlsFiles>[0]) =>
  readTlsFiles(files).findings.map(({ kind, option, message }) => `${kind} ${option}: ${message}`);

test('a certificate, its key and authorities give credentials, also from one file', () => {
  const both = write('both.pem', fixture('client.crt') + fixture('client.key'));
  const { credentials, findings } = readTlsFiles({
    ca_file: write('ca.pem', fixture('authority.crt') + fixture('localhost.crt')),
    client_cert_file: both,
    client_key_file: both,
  });
  expect(findings).toEqual([]);
  expect(credentials?.own?.subject).toBe('CN=latchkey.internal');
});

test('the fingerprint changes with the content of each file', () => {
  const [one, other] = ['authority.crt', 'localhost.crt'].map(
    (name) => readTlsFiles({ ca_file: write('ca.pem', fixture(name)) }).credentials?.fingerprint,
  );
  expect(one).not.toBe(other);
});

test('a file that cannot be used is named with what to write, and there are no credentials', () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const cert = write('client.crt', fixture('client.crt'));
  const withKey = (text: string) => ({ client_cert_file: cert, client_key_file: write('a.key', text) });
  const cut = fixture('authority.crt').replace(/\n.{64}\n/, '\n');

  expect(findingsOf({ ca_file: join(folder, 'none') })).toEqual([
    'unusable ca_file: cannot be read (ENOENT): name a file that this process may read',
  ]);
  expect(findingsOf({ ca_file: folder })[0]).toContain('cannot be read (not a file)');
  expect(findingsOf({ ca_file: write('ca.pem', 'to do') })[0]).toContain('holds no certificate');
  expect(findingsOf({ ca_file: write('ca.pem', cut) })[0]).toContain(
    'holds a certificate that cannot be read',
  );
  expect(findingsOf(withKey(fixture('app.key')))[0]).toContain('holds the key of another certificate');
  expect(findingsOf(withKey(privateKey))[0]).toContain('holds a key with a passphrase');
  expect(findingsOf(withKey('to do'))[0]).toContain('holds no private key');
  expect(readTlsFiles(withKey('to do')).credentials).toBeUndefined();
});

test('a certificate that OpenSSL can read and does not take is a finding, and never the end of the process', () => {
  const files = {
    client_cert_file: write('weak.crt', fixture('weak.crt')),
    client_key_file: write('weak.key', fixture('weak.key')),
  };
  expect(findingsOf(files)).toEqual([
    'unusable client_cert_file: is refused by OpenSSL (ee key too small): name one that it accepts',
  ]);
  expect(readTlsFiles(files).credentials).toBeUndefined();
});

test('a key that every user may read is warned of, and works', () => {
  const files = {
    client_cert_file: write('client.crt', fixture('client.crt'), 0o644),
    client_key_file: write('client.key', fixture('client.key'), 0o644),
  };
  expect(findingsOf(files)).toEqual([
    'readable client_key_file: may be read by every user of this machine: run `chmod 600` on it',
  ]);
  expect(readTlsFiles(files).credentials).toBeDefined();
});

test('a certificate that is over is warned of, and an authority among others that are not is none', () => {
  const [old, current] = [makeAuthority({ days: -1 }), makeAuthority()];
  const files = {
    ca_file: write('ca.pem', old.cert + fixture('expired.crt')),
    client_cert_file: write('client.crt', old.cert),
    client_key_file: write('client.key', old.key),
  };
  expect(findingsOf(files)).toEqual([
    expect.stringMatching(/^over ca_file: holds nothing but what is over: "CN=test authority"/),
    expect.stringMatching(/^over client_cert_file: holds one that is over: "CN=test authority"/),
  ]);
  expect(readTlsFiles(files).credentials).toBeDefined();
  expect(findingsOf({ ca_file: write('ca.pem', old.cert + current.cert) })).toEqual([]);
});

test('an authority and its key give an issuer, with the chain below a known root', () => {
  const { cert, key } = makeAuthority();
  const files = { ca_cert_file: write('ca.pem', cert), ca_key_file: write('ca.key', key) };
  const { credentials, findings } = readTlsFiles(files);
  expect(findings).toEqual([]);
  expect(credentials?.issuer).toMatchObject({ chain: '', accepted: undefined });
  expect(credentials?.own).toBeUndefined();
});

const findingsOfAuthority = (pair: { cert: string; key: string }, mode?: number) =>
  findingsOf({ ca_cert_file: write('ca.pem', pair.cert), ca_key_file: write('ca.key', pair.key, mode) });

test('an authority that may not issue, is over, will be soon, has another key, or lets all read its key is named', () => {
  expect(findingsOfAuthority(makeAuthority({ isAuthority: false }))).toEqual([
    'unusable ca_cert_file: holds the certificate of no authority (CA:TRUE): name one that may issue others',
  ]);
  expect(findingsOfAuthority(makeAuthority({ days: -1 }))).toEqual([
    expect.stringMatching(/^unusable ca_cert_file: holds one that is over: "CN=test authority"/),
  ]);
  expect(findingsOfAuthority(makeAuthority({ days: 3.5 }))).toEqual([
    expect.stringMatching(/^ends_soon ca_cert_file: holds one that is over in 3 days: /),
  ]);
  expect(findingsOfAuthority({ cert: makeAuthority().cert, key: makeAuthority().key })).toEqual([
    'unusable ca_key_file: holds the key of another certificate: name the one of `ca_cert_file`',
  ]);
  expect(findingsOfAuthority(makeAuthority(), 0o644)).toEqual([
    'readable ca_key_file: may be read by every user of this machine: run `chmod 600` on it',
  ]);
  const { publicKey: _, privateKey } = generateKeyPairSync('x25519');
  expect(
    findingsOfAuthority({
      cert: makeAuthority().cert,
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    }),
  ).toEqual([
    'unusable ca_key_file: holds the key of another certificate: name the one of `ca_cert_file`',
    'unusable ca_key_file: holds a key that signs no certificates here: name one of P-256, P-384, P-521, Ed25519 or RSA',
  ]);
});
