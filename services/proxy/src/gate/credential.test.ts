import { beforeEach, describe, expect, test } from '@jest/globals';
import { deriveKeys, sealSession, sessionCookie } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import { createCredentialReader } from './credential.ts';
import type { Credential } from './credential.ts';

const start = 1_700_000_000_000;
const keys = deriveKeys(['secret'], 'session');
const cookie = sessionCookie('_sso_proxy', { secure: true, domain: 'example.com' }, keys);
const host = 'wiki.example.com';
const route: Route = {
  id: 'wiki',
  service: 'wiki',
  from: host,
  kind: 'simple',
  rules: { groups: [], emailDomains: ['*'], emailAddresses: [] },
  publicPaths: [],
  skipAuthPreflight: false,
  passAccessToken: false,
  providerSlug: 'google',
  injectRequestHeaders: [],
  headerOverrides: [],
  timeoutMs: 1_000,
  resetDeadlineMs: 1_000,
  preserveHost: false,
  tlsSkipVerify: false,
  skipRequestSigning: false,
  position: { line: 1, column: 1 },
};
const session: Session = {
  sid: 'one',
  sub: '1',
  email: 'ada@example.com',
  user: 'ada',
  idp: 'google',
  aud: 'example.com',
  iat: start / 1000,
  auth_time: start / 1000,
  exp: start / 1000 + 3_600,
};

const good = await sealSession(session, cookie);
const another = await sealSession({ ...session, sid: 'two' }, cookie);
const expired = await sealSession({ ...session, exp: start / 1000 }, cookie);
const elsewhere = await sealSession({ ...session, aud: 'example.org' }, cookie);
const otherProvider = await sealSession({ ...session, idp: 'okta' }, cookie);
const otherSecret = await sealSession(session, { ...cookie, keys: deriveKeys(['other'], 'session') });

let now = start;
let read: (...values: string[]) => Promise<Credential>;

beforeEach(() => {
  now = start;
  const reader = createCredentialReader({ cookie, now: () => now });
  read = (...values) => reader(values.map((value) => `${cookie.name}=${value}`).join('; '), host, route);
});

describe('a session cookie', () => {
  test('is opened', async () => {
    expect(await read(good)).toMatchObject({
      known: { session, token: good, firstSeenAt: start },
      sent: good,
    });
  });

  test('is opened once: what was learned about it is kept', async () => {
    const [first, second] = [await read(good), await read(good)];

    expect('known' in first && 'known' in second && first.known === second.known).toBe(true);
  });

  test('is one session for two requests that come side by side', async () => {
    const [first, second] = await Promise.all([read(good), read(good)]);

    expect('known' in first && 'known' in second && first.known === second.known).toBe(true);
  });

  test('is over when its time comes, although it is known', async () => {
    await read(good);
    now = start + 3_600_000;

    expect(await read(good)).toEqual({ nobody: 'session_expired' });
  });
});

describe('one session', () => {
  test('has one spelling: nobody starts afresh with what auth has ended by writing something behind it', async () => {
    const first = await read(good);
    if ('known' in first) first.known.ended = true;
    const second = await read(`${good}~`);

    expect('known' in second ? second.known.ended : second.nobody).not.toBe(false);
  });
});

describe('no usable session', () => {
  test.each([
    ['no cookie at all', [], 'no_session'],
    ['an empty cookie', [''], 'session_unreadable'],
    ['garbage', ['garbage'], 'session_unreadable'],
    ['a very long one', ['x'.repeat(60_000)], 'session_unreadable'],
    ['one sealed with another secret', [otherSecret], 'session_unreadable'],
    ['one that is over', [expired], 'session_expired'],
    ['one of another domain', [elsewhere], 'session_elsewhere'],
    ['one of another provider', [otherProvider], 'session_other_provider'],
  ])('%s', async (_, values, nobody) => {
    expect(await read(...values)).toEqual({ nobody });
    expect(await read(...values)).toEqual({ nobody });
  });

  test.each([
    ['no header', undefined],
    ['a header without it', 'a=1; b=2'],
    ['another letter case', `${cookie.name.toUpperCase()}=${good}`],
    ['the name without its prefix', `_sso_proxy=${good}`],
    ['the other prefix', `__Host-_sso_proxy=${good}`],
    ['a no-break space before the name', `\u00a0${cookie.name}=${good}`],
  ])('%s', async (_, header) => {
    const reader = createCredentialReader({ cookie, now: () => now });

    expect(await reader(header, host, route)).toEqual({ nobody: 'no_session' });
  });
});

describe('several cookies of one name', () => {
  test.each([
    ['the only good one, first', [good, 'garbage'], good],
    ['the only good one, last', ['garbage', expired, elsewhere, otherProvider, good], good],
    ['the first of two good ones', [another, good], another],
  ])('are tried in turn: %s', async (_, values, sent) => {
    expect(await read(...values)).toMatchObject({ sent });
  });

  test('are tried five times and no more', async () => {
    expect(await read('1', '2', '3', '4', '5', good)).toEqual({ nobody: 'session_unreadable' });
  });

  test.each([
    ['over', ['garbage', elsewhere, otherProvider, expired], 'session_expired'],
    ['of another provider', ['garbage', otherProvider, elsewhere], 'session_other_provider'],
    ['of another domain', [elsewhere, 'garbage'], 'session_elsewhere'],
    ['unreadable', ['garbage', 'more'], 'session_unreadable'],
  ])('that are of no use: told is the one that came closest, one that is %s', async (_, values, nobody) => {
    expect(await read(...values)).toEqual({ nobody });
  });
});

describe('where a session is good', () => {
  test.each([
    ['the domain itself', 'example.com', true],
    ['deep below', 'a.b.example.com', true],
    ['a name that ends alike', 'evilexample.com', false],
    ['another domain', 'wiki.example.org', false],
  ])('%s', async (_, asked, usable) => {
    const reader = createCredentialReader({ cookie, now: () => now });
    const credential = await reader(`${cookie.name}=${good}`, asked, route);

    expect(credential).toEqual(
      usable ? expect.objectContaining({ sent: good }) : { nobody: 'session_elsewhere' },
    );
  });

  test('each route asks for its own provider, of a session that is known already too', async () => {
    const reader = createCredentialReader({ cookie, now: () => now });
    await reader(`${cookie.name}=${good}`, host, route);
    const okta = { ...route, providerSlug: 'okta' };

    expect(await reader(`${cookie.name}=${good}`, host, okta)).toEqual({ nobody: 'session_other_provider' });
  });
});
