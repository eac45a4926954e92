import { describe, expect, test } from '@jest/globals';
import { accountOfToken, hashOfToken, makeServiceToken } from './service-token.ts';

describe('a token of a service account', () => {
  test('names its account, and is another each time', () => {
    const [one, other] = [makeServiceToken('deploy-bot'), makeServiceToken('deploy-bot')];
    expect(one).toMatch(/^lk_deploy-bot_[0-9A-Za-z]{49}$/);
    expect(one).not.toBe(other);
    expect(accountOfToken(one)).toBe('deploy-bot');
  });

  test('is not one when a letter is another, is missing or is too many', () => {
    const token = makeServiceToken('deploy-bot');
    const torn = Array.from(
      token,
      (letter, at) => token.slice(0, at) + (letter === 'x' ? 'y' : 'x') + token.slice(at + 1),
    );
    for (const text of [...torn, token.slice(0, -1), `${token}x`, `${token}\n`, ` ${token}`, '']) {
      expect(accountOfToken(text)).toBeUndefined();
    }
  });

  test('keeps its form, by which scanners for secrets find it', () => {
    const token = 'lk_deploy-bot_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg0DUm69';
    expect(accountOfToken(token)).toBe('deploy-bot');
    expect(hashOfToken(token)).toBe(
      'sha256:61fc684a1d16daf5d9a72f3fdee6aacd6156e9faec55baac8209598741945889',
    );
  });
});
