import { describe, expect, test } from '@jest/globals';
import { deriveKeys, keyPurposes } from './keys.ts';

describe('derived keys', () => {
  test('are the same every time, or another task could not open what this one sealed', () => {
    expect(deriveKeys(['secret'], 'session')).toEqual(deriveKeys(['secret'], 'session'));
  });

  test('differ for every purpose, in secret and in id', () => {
    const keys = keyPurposes.map((purpose) => deriveKeys(['secret'], purpose)[0]);

    expect(new Set(keys.map((key) => key.secret)).size).toBe(keyPurposes.length);
    expect(new Set(keys.map((key) => key.id)).size).toBe(keyPurposes.length);
  });

  test('differ for every secret, in secret and in id', () => {
    const [one, two] = deriveKeys(['one', 'two'], 'session');

    expect(one.secret).not.toBe(two?.secret);
    expect(one.id).not.toBe(two?.id);
  });

  test('keep their id when their secret changes its place', () => {
    const [newest, older] = deriveKeys(['new', 'old'], 'session');

    expect(deriveKeys(['old', 'new'], 'session')).toEqual([older, newest]);
  });

  test('hold 256 bits, none of them the secret itself', () => {
    const [key] = deriveKeys(['a secret'], 'session');

    expect(Buffer.from(key.secret, 'base64url')).toHaveLength(32);
    expect(key.secret).not.toContain('secret');
    expect(key.id).toMatch(/^\d+$/);
  });
});
