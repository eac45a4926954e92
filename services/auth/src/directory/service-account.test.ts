import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseGoogleServiceAccount } from '@latchkey/settings';
import { readServiceAccount } from './service-account.ts';
import { SettingsError } from '../settings-error.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-directory-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function accountWith(private_key: unknown): string {
  return JSON.stringify({ type: 'service_account', client_email: 'sso@project.example.com', private_key });
}

function pemOf(type: 'rsa' | 'small rsa' | 'ec'): string {
  const { privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: type === 'rsa' ? 2048 : 1024 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The errors with which a start ends, none where it does not. */
function errorsOf(credentials: Parameters<typeof readServiceAccount>[1]): readonly string[] {
  try {
    readServiceAccount('x', credentials);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.errors;
    throw error;
  }
}

function fileWith(text: string): { file: string } {
  const file = join(folder, 'account.json');
  writeFileSync(file, text);
  return { file };
}

describe('a service account', () => {
  test('is read from its file, and signs with its key', async () => {
    const pem = pemOf('rsa');
    const signer = readServiceAccount('x', fileWith(accountWith(pem)));
    expect(signer).toMatchObject({
      clientEmail: 'sso@project.example.com',
      tokenUrl: new URL('https://oauth2.googleapis.com/token'),
    });
    const { payload } = await jwtVerify(await signer.sign({ sub: 'ada' }), createPublicKey(pem));
    expect(payload).toEqual({ sub: 'ada' });
  });

  test('that is not there keeps auth from starting, and its path is not shown', () => {
    const file = '{"private_key":"written in the place of a path"}';
    expect(errorsOf({ file })).toEqual([
      "PROVIDER_X_GOOGLE_CREDENTIALS: the file it names does not exist, write the path of a service account's JSON file [docs/configuration.md#unreadable]",
    ]);
  });

  test.each([
    ['something else', 'hello'],
    ['a user’s credentials', JSON.stringify({ type: 'authorized_user', refresh_token: 'x' })],
    ['half of one', accountWith('-----BEGIN PRIVATE KEY-----').slice(0, 60)],
  ])('that is %s keeps auth from starting', (_, text) => {
    expect(errorsOf(fileWith(text))).toEqual([
      expect.stringMatching(
        /^PROVIDER_X_GOOGLE_CREDENTIALS: the file it names is no service account, write /,
      ),
    ]);
  });

  test.each([
    ['broken', '-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n'],
    ['too small', pemOf('small rsa')],
    ['of another kind', pemOf('ec')],
  ])('whose key is %s keeps auth from starting, wherever it stands', (_, pem) => {
    const text = accountWith(pem);
    const account = parseGoogleServiceAccount(text);
    if (account === undefined) throw new Error('not read');
    const [inFile] = errorsOf(fileWith(text));
    const [inline] = errorsOf({ account });
    expect(inFile).toMatch(/^PROVIDER_X_GOOGLE_CREDENTIALS: the file's private_key is no RSA key/);
    expect(inline).toMatch(/^PROVIDER_X_GOOGLE_CREDENTIALS_JSON: its private_key is no RSA key/);
    expect(`${inFile}${inline}`).not.toContain(pem.split('\n')[1]);
  });
});
