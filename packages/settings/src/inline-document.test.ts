import { describe, expect, test } from '@jest/globals';
import { serviceAccount, yamlDocument } from './inline-document.ts';
import type { ValueType } from './variable.ts';

function read<T>(type: ValueType<T>, text: string): T | undefined {
  return type.schema.safeParse(text).data;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const account = {
  client_email: 'sso@project.example.com',
  private_key: '-----BEGIN PRIVATE KEY-----\nx',
  type: 'any',
};
const accountText = JSON.stringify(account);
const accountKey = {
  clientEmail: account.client_email,
  privateKey: account.private_key,
  tokenUrl: new URL('https://oauth2.googleapis.com/token'),
};

describe('a YAML document', () => {
  test.each([
    ['- service: a\n', '- service: a\n'],
    ['[]', '[]'],
    [base64('- service: ä\n'), '- service: ä\n'],
    [
      `${base64('- service: a, the first of many').replace(/.{8}/g, '$&\r\n')}\n`,
      '- service: a, the first of many',
    ],
    ['%%%not base64', '%%%not base64'],
    ['QQ', 'QQ'],
  ])('%j is read as %j', (text, expected) => {
    expect(read(yamlDocument, text)).toBe(expected);
  });

  test('is refused where base64 holds no text', () => {
    expect(read(yamlDocument, '/////w==')).toBeUndefined();
  });
});

describe('a service account', () => {
  test.each([
    ['as it is', accountText],
    ['over several lines', JSON.stringify(account, undefined, 2)],
    ['in base64', base64(accountText)],
  ])('is read %s', (_how, text) => {
    expect(read(serviceAccount, text)).toEqual(accountKey);
  });

  test('may name its key and where it becomes a token', () => {
    const named = { ...account, private_key_id: 'k1', token_uri: 'http://127.0.0.1:1/token' };
    expect(read(serviceAccount, JSON.stringify(named))).toEqual({
      ...accountKey,
      keyId: 'k1',
      tokenUrl: new URL('http://127.0.0.1:1/token'),
    });
  });

  test.each([
    ['a path', '/sso/credentials.json'],
    ['half of it', accountText.slice(0, 40)],
    ['base64 of something else', base64('hello')],
    ['a list', '[]'],
    ['null', 'null'],
    ['one without an address', JSON.stringify({ ...account, client_email: undefined })],
    ['one without a key', JSON.stringify({ ...account, private_key: undefined })],
    ['one whose key is none', JSON.stringify({ ...account, private_key: 'changeme' })],
    [
      'one whose key would go over the network as it is',
      JSON.stringify({ ...account, token_uri: 'http://example.com' }),
    ],
    ['one whose key is a number', JSON.stringify({ ...account, private_key: 1 })],
  ])('is refused for %s', (_what, text) => {
    expect(read(serviceAccount, text)).toBeUndefined();
  });
});
