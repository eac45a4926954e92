import { expect, test } from '@jest/globals';
import { deriveKeys } from '@latchkey/session';
import { placeOf } from './place.ts';
import { sealedVault } from './vault.ts';

const [older, newer] = ['a secret of some length for a test', 'another secret of some length'];
const place = placeOf('grant', 'sid');
const value = {
  refresh_token: 'secret',
  groups: Array.from({ length: 3_000 }, (_, at) => `group-${at}@example.com`),
};
const vault = sealedVault(deriveKeys([older], 'store'));

test('what is sealed opens where it was put, and nowhere else', () => {
  const text = vault.close(place, value);
  expect(vault.open(place, text)).toEqual(value);
  expect(vault.open(placeOf('grant', 'another'), text)).toBeUndefined();
  expect(vault.open({ ...place, kind: 'outcome' }, text)).toBeUndefined();
  expect(Buffer.from(text, 'base64url').toString('latin1') + text).not.toContain('secret');
  expect(vault.close(place, value)).not.toBe(text);
});

test('an older key opens still, and one that was dropped does not', () => {
  const text = vault.close(place, value);
  expect(sealedVault(deriveKeys([newer, older], 'store')).open(place, text)).toEqual(value);
  expect(sealedVault(deriveKeys([newer], 'store')).open(place, text)).toBeUndefined();
});

test('what was changed or made up by somebody else does not open, and throws nothing', () => {
  const text = vault.close(place, { a: 1 });
  const [id = '', sealed = ''] = text.split('.');
  const bytes = Buffer.from(sealed, 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(vault.open(place, `${id}.${changed.toString('base64url')}`)).toBeUndefined();
  }
  for (const other of ['', '.', id, `${id}.`, `${id}.AAAA`, `0.${sealed}`, JSON.stringify({ a: 1 })]) {
    expect(vault.open(place, other)).toBeUndefined();
  }
});
