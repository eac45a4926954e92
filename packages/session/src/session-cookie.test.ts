import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { deriveKeys } from './keys.ts';
import type { Session } from './record.ts';
import { seal } from './seal.ts';
import {
  endSessionCookie,
  issueSessionCookie,
  openSession,
  sealSession,
  sessionCookie,
} from './session-cookie.ts';

const now = 1_700_000_000_000;
const session: Session = {
  sid: randomBytes(16).toString('base64url'),
  sub: '110169484474386276334',
  email: 'a.rather.long.name@engineering.corp.example.com',
  user: 'a.rather.long.name',
  name: 'Ada Augusta King, Countess of Lovelace',
  idp: 'google',
  aud: 'corp.example.com',
  iat: now / 1000,
  auth_time: now / 1000,
  exp: now / 1000 + 2_592_000,
};
const keys = deriveKeys(['secret'], 'session');
const cookie = sessionCookie('_sso_proxy', { secure: true, domain: 'corp.example.com' }, keys);

/** A session whose grant is as long as that of a provider with refresh tokens of this many bytes. */
async function withGrant(bytes: number): Promise<Session> {
  const refreshToken = randomBytes(bytes).toString('base64url').slice(0, bytes);
  return { ...session, grant: await seal({ refreshToken }, deriveKeys(['other'], 'grant')) };
}

describe('the session cookie', () => {
  test('opens to the session that was sealed', async () => {
    expect(await openSession(await sealSession(session, cookie), keys)).toEqual(session);
  });

  test('is not opened from data of another shape that was sealed with the same key', async () => {
    expect(await openSession(await seal({ sid: 'one' }, keys), keys)).toBeUndefined();
  });

  test('is not opened from another kind of token', async () => {
    const attempt = await seal(session, deriveKeys(['secret'], 'sign-in attempt'));

    expect(await openSession(attempt, keys)).toBeUndefined();
  });

  test('is opened long after, however the clock stands: its end is inside', async () => {
    const old = { ...session, iat: 1, auth_time: 1, exp: 2 };

    expect(await openSession(await sealSession(old, cookie), keys)).toEqual(old);
  });
});

describe('the size of the cookie', () => {
  test('is under 2 KB for an ordinary session', async () => {
    const value = await sealSession(await withGrant(120), cookie);

    expect(cookie.name.length + value.length).toBeLessThan(2_048);
  });

  test('is what a browser keeps, or an error: never a cookie that silently vanishes', async () => {
    const sizes: (number | 'refused')[] = [];
    for (let bytes = 200; bytes <= 2_600; bytes += 200) {
      const sealing = sealSession(await withGrant(bytes), cookie);
      sizes.push(await sealing.then((value) => cookie.name.length + value.length).catch(refusal));
    }

    expect(sizes).toContain('refused');
    for (const size of sizes) if (size !== 'refused') expect(size).toBeLessThanOrEqual(4_096);
  });

  test('is an error for a provider with very long tokens', async () => {
    await expect(sealSession(await withGrant(4_000), cookie)).rejects.toThrow(RangeError);
  });
});

function refusal(error: unknown): 'refused' {
  expect(error).toBeInstanceOf(RangeError);
  return 'refused';
}

describe('its Set-Cookie', () => {
  test.each([
    ['the limit of the cookie', 3_600_000, 3_600],
    ['the end of the session', 1e12, 2_592_000],
    ['nothing, where the session is over', -1, 0],
  ])('lives until %s', (_, expireMs, maxAge) => {
    expect(issueSessionCookie('v', session, cookie, { now, expireMs })).toBe(
      `__Secure-_sso_proxy=v; Path=/; Max-Age=${maxAge}; Domain=corp.example.com; HttpOnly; SameSite=Lax; Secure`,
    );
  });

  test('ends it for all hosts at once', () => {
    expect(endSessionCookie(cookie)).toBe(
      '__Secure-_sso_proxy=; Path=/; Max-Age=0; Domain=corp.example.com; HttpOnly; SameSite=Lax; Secure',
    );
  });
});
