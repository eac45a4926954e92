import { describe, expect, test } from '@jest/globals';
import { deriveKeys } from './keys.ts';
import { seal, unseal } from './seal.ts';

const data = { sid: 'one', name: 'Zoë' };
const ring = deriveKeys(['secret'], 'session');

describe('a sealed value', () => {
  test('opens with the ring that sealed it', async () => {
    expect(await unseal(await seal(data, ring), ring)).toEqual(data);
  });

  test('is another one every time', async () => {
    expect(await seal(data, ring)).not.toBe(await seal(data, ring));
  });

  test('holds only characters that a cookie may hold (RFC 6265, section 4.1.1)', async () => {
    expect(await seal(data, ring)).toMatch(/^[!#-+\--:<-[\]-~]+$/);
  });

  test('shows nothing of its content', async () => {
    const sealed = await seal({ secret: 'plain words' }, ring);

    for (const part of sealed.split('*')) {
      expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain('plain words');
    }
  });
});

describe('rotation', () => {
  const before = deriveKeys(['old'], 'session');
  const during = deriveKeys(['new', 'old'], 'session');
  const swapped = deriveKeys(['old', 'new'], 'session');
  const after = deriveKeys(['new'], 'session');

  test.each([
    ['what the old secret sealed opens while it is second', before, during, true],
    ['what the new secret sealed opens when the order is swapped', during, swapped, true],
    ['what the old secret sealed opens when it is first again', swapped, during, true],
    ['the first secret seals: it opens when the other is removed', during, after, true],
    ['the second secret does not seal', during, before, false],
    ['a task that does not know the new secret yet opens nothing of it', during, before, false],
    ['what the old secret sealed is over when that is removed', before, after, false],
  ])('%s', async (_, sealing, opening, opens) => {
    expect(await unseal(await seal(data, sealing), opening)).toEqual(opens ? data : undefined);
  });
});

describe('what is not ours does not open', () => {
  test.each([
    ['nothing', ''],
    ['a word', 'garbage'],
    ['white space', ' '],
    ['separators', '*******'],
    ['the prefix alone', 'Fe26.2'],
    ['a hollow seal', 'Fe26.2*1*a*b*c**d*e'],
    ['the version mark alone', '~2'],
    ['JSON', '{"sid":"one"}'],
    ['a JWT without signature', 'eyJhbGciOiJub25lIn0.eyJzaWQiOiJvbmUifQ.'],
    ['a key id that every object has', 'Fe26.2*constructor*a*b*c**d*e'],
    ['a key id that is the prototype', 'Fe26.2*__proto__*a*b*c**d*e'],
    ['bytes above ASCII', 'ÿ'.repeat(100)],
    ['what is longer than a cookie', `Fe26.2*${'x'.repeat(5_000)}`],
    ['what is much longer', 'x'.repeat(1_000_000)],
  ])('%s', async (_, value) => {
    expect(await unseal(value, ring)).toBeUndefined();
  });

  test('a value sealed for another purpose from the same secret', async () => {
    for (const purpose of ['grant', 'sign-in attempt', 'return address'] as const) {
      expect(await unseal(await seal(data, deriveKeys(['secret'], purpose)), ring)).toBeUndefined();
    }
  });

  test('a value sealed with another secret for the same purpose', async () => {
    expect(await unseal(await seal(data, deriveKeys(['other'], 'session')), ring)).toBeUndefined();
  });

  test('a value sealed with another secret under the id of our key', async () => {
    const [ours] = ring;
    const [theirs] = deriveKeys(['other'], 'session');
    const forged = await seal(data, [{ id: ours.id, secret: theirs.secret }]);

    expect(await unseal(forged, ring)).toBeUndefined();
  });

  test('a value that is cut, anywhere', async () => {
    const sealed = await seal(data, ring);
    const mark = sealed.indexOf('~');
    const lengths = Array.from({ length: 16 }, (_, at) => Math.floor((at * mark) / 16));

    for (const length of [...lengths, mark - 1]) {
      expect([length, await unseal(sealed.slice(0, length), ring)]).toEqual([length, undefined]);
    }
  });

  test('a value of which any part is another', async () => {
    const sealed = await seal(data, ring);
    const parts = (sealed.split('~')[0] ?? '').split('*');

    for (const [at, part] of parts.entries()) {
      const changed = `${part.startsWith('1') ? '2' : '1'}${part.slice(1)}`;
      const tampered = parts.with(at, changed).join('*');
      expect([at, await unseal(tampered, ring)]).toEqual([at, undefined]);
    }
  });

  test('a value whose parts come from two', async () => {
    const [one, two] = await Promise.all([seal({ sid: '1' }, ring), seal({ sid: '2' }, ring)]);
    const crossed = [...one.split('*').slice(0, 5), ...two.split('*').slice(5)].join('*');

    expect(await unseal(crossed, ring)).toBeUndefined();
  });

  test.each([
    ['behind it', (sealed: string) => `${sealed}x`],
    ['as the version mark of the library', (sealed: string) => `${sealed}~2`],
    ['as another version', (sealed: string) => `${sealed}~1`],
    ['as a version mark without a version', (sealed: string) => `${sealed}~`],
    ['behind a version mark', (sealed: string) => `${sealed}~2x`],
  ])(
    'a value with something written %s: one seal has one spelling, or a cache knows it twice',
    async (_, write) => {
      expect(await unseal(write(await seal(data, ring)), ring)).toBeUndefined();
    },
  );
});
