import { beforeEach, describe, expect, test } from '@jest/globals';
import { errors, exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import { createKeySet, KeysAway } from './key-set.ts';
import type { KeySet } from './key-set.ts';

let published: JWK[];
let isAway: boolean;
let asked: number;
let elapsed: number;
let emitted: unknown[];
let keys: KeySet;

async function key(kid: string): Promise<JWK> {
  const { publicKey } = await generateKeyPair('ES256');
  return { ...(await exportJWK(publicKey)), kid };
}

beforeEach(async () => {
  [published, isAway, asked, elapsed, emitted] = [[await key('one')], false, 0, 0, []];
  keys = createKeySet(fetchKeys, { elapsed: () => elapsed, onFetched: (failure) => emitted.push(failure) });
});

async function fetchKeys(): Promise<unknown> {
  asked += 1;
  if (isAway) throw new Error('away');
  return { keys: published };
}

const token = { payload: '', signature: '' };
const find = async (kid: string) => keys.keyFor({ alg: 'ES256', kid }, token);

describe('keys that are asked for', () => {
  test('are asked for once by many at a time, and kept for ten minutes', async () => {
    await Promise.all([find('one'), find('one'), find('one')]);
    elapsed = 599_000;
    await find('one');
    expect(asked).toBe(1);
    elapsed = 600_000;
    await find('one');
    expect(asked).toBe(2);
  });

  test('are asked for again for a new name, and once in a cool-down however many names there are', async () => {
    await find('one');
    elapsed = 29_999;
    for (const kid of ['two', 'three', '']) await expect(find(kid)).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(asked).toBe(1);
    published.push(await key('two'));
    elapsed = 30_000;
    await find('two');
    await expect(find('three')).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(asked).toBe(2);
  });

  test('are not asked for more often while their owner is away', async () => {
    isAway = true;
    for (const at of [0, 1, 29_999]) {
      elapsed = at;
      await expect(find('one')).rejects.toThrow(KeysAway);
    }
    expect(asked).toBe(1);
    expect(emitted).toEqual([new Error('away')]);
    isAway = false;
    elapsed = 30_000;
    await find('one');
  });

  test('stand for three hours while their owner is away, and about others nothing is said', async () => {
    await find('one');
    isAway = true;
    elapsed = 3 * 3_600_000 - 1;
    await find('one');
    await expect(find('two')).rejects.toThrow(KeysAway);
    const before = keys.generation();
    elapsed += 1;
    await expect(find('one')).rejects.toThrow(KeysAway);
    expect(keys.generation()).not.toBe(before);
    isAway = false;
    elapsed += 30_000;
    await find('one');
    expect(keys.generation()).toBe(before);
  });

  test('are other ones when they say so, and the same when nothing has changed', async () => {
    await find('one');
    const before = keys.generation();
    elapsed = 600_000;
    await find('one');
    expect(keys.generation()).toBe(before);
    published = [await key('two')];
    elapsed = 1_200_000;
    await expect(find('one')).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(keys.generation()).not.toBe(before);
  });

  test.each([undefined, null, 'x', [], {}, { keys: 'x' }, { keys: [1] }])(
    'are none in %j',
    async (answer) => {
      const odd = createKeySet(async () => answer, {
        elapsed: () => elapsed,
        onFetched: (failure) => emitted.push(failure),
      });
      await expect(odd.keyFor({ alg: 'ES256', kid: 'one' }, token)).rejects.toThrow(KeysAway);
      expect(emitted).toEqual([expect.any(Error)]);
    },
  );

  test('are looked at again without being waited for where only known tokens come', async () => {
    await find('one');
    elapsed = 600_000;
    keys.touch();
    keys.touch();
    expect(asked).toBe(2);
  });

  test('are not tried one after the other where a token names none', async () => {
    const [{ kid: _, ...one }, { kid: __, ...two }] = [await key(''), await key('')];
    published = [one, two];
    await expect(keys.keyFor({ alg: 'ES256' }, token)).rejects.toThrow(errors.JWKSMultipleMatchingKeys);
  });

  test('with a secret in them check nothing', async () => {
    published = [{ kty: 'oct', k: 'c2VjcmV0', kid: 'one', alg: 'HS256' }];
    await expect(keys.keyFor({ alg: 'HS256', kid: 'one' }, token)).rejects.toThrow(errors.JOSENotSupported);
  });
});
