import { describe, expect, test } from '@jest/globals';
import { asSentences } from '@latchkey/testing/as-sentences';
import { minimalAuth } from '@latchkey/testing/environments';
import { loadAuthSettings } from './load-auth.ts';

const load = (changes: Record<string, string>) =>
  asSentences(loadAuthSettings({ ...minimalAuth(), ...changes }));
const storeOf = (changes: Record<string, string>) => {
  const loaded = load(changes);
  return loaded.ok ? loaded.settings.store : loaded.errors;
};

describe('the store of auth', () => {
  const usual = { port: 6379, database: 0, tls: false, cluster: false };
  test.each([
    ['redis://store.internal', { ...usual, host: 'store.internal' }],
    ['redis://store.internal/', { ...usual, host: 'store.internal' }],
    [
      'rediss://:p%40ss:w%2Frd@store.internal:6380/7',
      { ...usual, host: 'store.internal', port: 6380, database: 7, tls: true, password: 'p@ss:w/rd' },
    ],
    [
      'REDISS://auth:word@[fd00::1]:6379',
      { ...usual, host: 'fd00::1', tls: true, username: 'auth', password: 'word' },
    ],
  ])('is read from %s', (url, store) => {
    expect(storeOf({ REDIS_URL: url })).toEqual(store);
  });

  test('is absent where none is written, and a cluster where that is', () => {
    expect(storeOf({})).toBeUndefined();
    expect(storeOf({ REDIS_URL: 'redis://store', REDIS_CLUSTER: 'true' })).toMatchObject({ cluster: true });
  });

  const secret = 'sesame-open';
  test.each([
    `http://:${secret}@store:6379`,
    `redis:/:${secret}@store`,
    `redis://:${secret}@store:0`,
    `redis://:${secret}@store/database`,
    `redis://:${secret}@store/1/2`,
    `redis://:${secret}@store?db=1`,
    `redis://:${secret}@store:6379 `,
    `redis://:${secret}%zz@store`,
    `redis://:${secret}@`,
  ])('is refused as %s, and no message has its password', (url) => {
    const errors = storeOf({ REDIS_URL: url });
    expect(errors).toEqual([
      `REDIS_URL: got a value of ${url.length} characters, write an address like rediss://user:password@store.internal:6379/0 (redis: without TLS), special characters of the password as %40`,
    ]);
  });

  test('is no cluster without an address, nor with a database', () => {
    expect(storeOf({ REDIS_CLUSTER: 'true' })).toEqual([
      'REDIS_CLUSTER: set without REDIS_URL, write the address of one node of the cluster there',
    ]);
    expect(storeOf({ REDIS_CLUSTER: 'true', REDIS_URL: 'redis://store/1' })).toEqual([
      'REDIS_URL: names a database, and a cluster has only one: write it without the number at its end',
    ]);
  });
});
