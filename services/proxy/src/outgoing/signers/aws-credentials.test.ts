import { expect, test } from '@jest/globals';
import { keepCredentials } from './aws-credentials.ts';

const hour = 3_600_000;

function rig() {
  let now = 0;
  let asked = 0;
  let isAway = false;
  const credentials = keepCredentials(
    () => {
      asked++;
      if (isAway) return Promise.reject(new Error('away'));
      const expiration = new Date(now + hour);
      return Promise.resolve({ accessKeyId: `key${asked}`, secretAccessKey: 's', expiration });
    },
    () => now,
  );
  return {
    at: (ms: number) => (now = ms),
    away: (is: boolean) => (isAway = is),
    asked: () => asked,
    key: async () => (await credentials()).accessKeyId,
  };
}

test('credentials are asked for once by all, and kept until shortly before their end', async () => {
  const { at, asked, key } = rig();
  expect(await Promise.all([key(), key(), key()])).toEqual(['key1', 'key1', 'key1']);
  at(hour - 300_001);
  expect(await key()).toBe('key1');
  expect(asked()).toBe(1);
});

test('they are renewed before their end, and nobody waits for that', async () => {
  const { at, key, asked } = rig();
  await key();
  at(hour - 60_000);
  expect(await key()).toBe('key1');
  expect(asked()).toBe(2);
  await new Promise(setImmediate);
  expect(await key()).toBe('key2');
});

test('those that are there are used to their end while there are no others, and not beyond', async () => {
  const { at, away, key } = rig();
  await key();
  away(true);
  at(hour - 1);
  expect([await key(), await key()]).toEqual(['key1', 'key1']);
  at(hour);
  await expect(key()).rejects.toThrow('away');
  away(false);
  expect(await key()).toMatch(/^key\d$/);
});
