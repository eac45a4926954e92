import { describe, expect, test } from '@jest/globals';
import {
  attemptCookies,
  deriveKeys,
  isCodeRequest,
  isSealedWith,
  keyPurposes,
  openSession,
  openSignOutHint,
  refuseReturnAddress,
  seal,
  sealSignOutHint,
  signReturnAddress,
  unseal,
} from '@latchkey/session';
import type { Attempt } from '@latchkey/session';
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';

// Whatever is a key of a cache, a one-time value or named by a revocation must not be written in two ways: the second is
// a stranger to all that is known of the first.

const now = 1_700_000_000_000;
const seconds = now / 1000;
const lookAlikes = [
  ' ',
  '\t',
  '\r\n',
  '=',
  '==',
  '+',
  '/',
  '-',
  '_',
  '.',
  '~',
  '~2',
  '%3D',
  '*',
  '"',
  '\0',
  'A',
  'a',
  '0',
  'é',
  '\u00a0',
  '\u200b',
];

/** Other texts that a lenient reader takes for this one: something added, dropped, exchanged, or in another case. */
function respelled(text: string): fc.Arbitrary<string> {
  const at = fc.nat(text.length - 1);
  const sign = fc.constantFrom(...lookAlikes);
  const neighbour = fc.integer({ min: -3, max: 3 });
  return fc
    .oneof(
      sign.map((one) => text + one),
      sign.map((one) => one + text),
      fc.tuple(at, sign).map(([i, one]) => text.slice(0, i) + one + text.slice(i)),
      fc.tuple(at, sign).map(([i, one]) => text.slice(0, i) + one + text.slice(i + 1)),
      fc.tuple(at, neighbour).map(([i, by]) => {
        const other = String.fromCharCode(text.charCodeAt(i) + by);
        return text.slice(0, i) + other + text.slice(i + 1);
      }),
      at.map((i) => text.slice(0, i) + text.slice(i + 1)),
      at.map((i) => text.slice(0, i) + swapCase(text.charAt(i)) + text.slice(i + 1)),
      fc.constantFrom(text.toUpperCase(), text.toLowerCase(), encodeURIComponent(text), `"${text}"`),
    )
    .filter((other) => other !== text);
}

function swapCase(letter: string): string {
  const upper = letter.toUpperCase();
  return upper === letter ? letter.toLowerCase() : upper;
}

async function hasOneSpelling(text: string, opens: (other: string) => Promise<boolean> | boolean) {
  expect(await opens(text)).toBe(true);
  await fc.assert(
    fc.asyncProperty(respelled(text), async (other) => {
      expect([other, await opens(other)]).toEqual([other, false]);
    }),
    { numRuns: 300 },
  );
}

describe('one thing has one spelling', () => {
  test.each(keyPurposes.filter((purpose) => purpose !== 'return address'))('a seal: %s', async (purpose) => {
    const keys = deriveKeys([randomBytes(32).toString('base64')], purpose);
    const sealed = await seal({ sid: 'one', at: purpose }, keys);
    await hasOneSpelling(sealed, async (other) => (await unseal(other, keys)) !== undefined);
  });

  test('a seal, whatever its length: no bit of its last characters is free', async () => {
    const keys = deriveKeys(['secret'], 'session');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const session = { sub: '1', email: 'a@b.c', user: 'a', idp: 'g', aud: 'b.c' };
    const times = { iat: seconds, auth_time: seconds, exp: seconds + 60 };
    const sealed = await seal({ sid: 'one', ...session, ...times }, keys);
    const others = sealed
      .split('*')
      .flatMap((part, at, parts) =>
        alphabet.split('').map((last) => parts.with(at, part.slice(0, -1) + last).join('*')),
      );
    const opened = await Promise.all(others.map((other) => openSession(other, keys)));

    expect(new Set(others.filter((_, at) => opened[at] !== undefined))).toEqual(new Set([sealed]));
  });

  test('what opens looks like a seal before it is opened', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.object({ withNullPrototype: false, maxDepth: 1 }),
        fc.string(),
        async (data, secret) => {
          const keys = deriveKeys([secret], 'session');
          fc.pre(JSON.stringify(data).length < 1_000);
          expect(isSealedWith(await seal({ text: JSON.stringify(data) }, keys), keys)).toBe(true);
          expect(isSealedWith(await seal({}, deriveKeys([`${secret}!`], 'session')), keys)).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('a sign-out hint', async () => {
    const keys = deriveKeys(['secret'], 'sign-out hint');
    const about = { sid: 'one', sub: '1', email: 'a@b.c', idp: 'g', auth_time: seconds, exp: seconds + 60 };
    const hint = await sealSignOutHint(about, keys);
    await hasOneSpelling(hint, async (other) => (await openSignOutHint(other, keys, now)) !== undefined);
  });

  test.each(['redirect_uri', 'ts', 'providers', 'sig'] as const)(
    'a signed return address: %s',
    async (field) => {
      const [key] = deriveKeys(['secret'], 'return address');
      const providers = ['google', 'okta'];
      const signed = signReturnAddress('https://wiki.corp.example.com/a?b=c', key, now, { providers });
      await hasOneSpelling(
        signed[field] ?? '',
        (other) => refuseReturnAddress({ ...signed, [field]: other }, [key], now) === undefined,
      );
    },
  );

  test('the state of a sign-in under way', async () => {
    const cookies = attemptCookies({
      keys: deriveKeys(['secret'], 'sign-in attempt'),
      scope: { secure: true },
      now: () => now,
    });
    const state = randomBytes(32).toString('base64url');
    const attempt: Attempt = { state, slug: 'g', iat: now, secrets: { codeVerifier: 'v' } };
    const [kept = ''] = (await cookies.keep(undefined, attempt)) ?? [];
    const header = kept.slice(0, kept.indexOf(';'));
    await hasOneSpelling(state, async (other) => (await cookies.find(header, other)) !== undefined);
  });

  test('what a sign-in by code begins with', async () => {
    const [state, codeChallenge] = ['s', 'c'].map((letter) => letter.repeat(43)) as [string, string];
    expect(isCodeRequest({ state, codeChallenge })).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...lookAlikes), async (sign) => {
        expect(isCodeRequest({ state: state + sign, codeChallenge })).toBe(false);
        expect(isCodeRequest({ state, codeChallenge: codeChallenge + sign })).toBe(false);
      }),
    );
  });
});
