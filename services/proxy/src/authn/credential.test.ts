import { beforeEach, describe, expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { deriveKeys, sealSession, sessionCookie } from '@latchkey/session';
import type { SessionPlace, Session } from '@latchkey/session';
import { aRoute, aSession } from '@latchkey/testing';
import { createSessionStates } from './session-state.ts';
import { sessionTokens } from './session-token.ts';
import { createCredentialReader } from './credential.ts';
import type { Credential } from './credential.ts';
import { sessionCookies } from './session-cookies.ts';

const start = 1_700_000_000_000;
const keys = deriveKeys(['secret'], 'session');
const cookie = sessionCookie('_sso_proxy', { secure: true, domain: 'example.com' }, keys);
const lifetimeMs = 24 * 3_600_000;
const cookies = sessionCookies({
  name: '_sso_proxy',
  domain: 'example.com',
  secure: true,
  keys,
  expireMs: lifetimeMs,
  lifetimeMs,
  now: () => start,
});
const tokens = sessionTokens(deriveKeys(['client'], 'session token'), cookies);
const host = 'wiki.example.com';
const place = at(host);
const route = aRoute({ rules: { groups: [], emailDomains: ['*'], emailAddresses: [] } });
const session = aSession(start / 1000, { exp: start / 1000 + 3_600 });

const good = await sealSession(session, cookie);
const another = await sealSession({ ...session, sid: 'two' }, cookie);
const expired = await sealSession({ ...session, exp: start / 1000 }, cookie);
const elsewhere = await sealSession({ ...session, aud: 'example.org' }, cookie);
const otherProvider = await sealSession({ ...session, idp: 'okta' }, cookie);
const later = await sealSession({ ...session, sid: 'three', auth_time: start / 1000 + 1 }, cookie);
const renewed = await sealSession({ ...session, iat: start / 1000 + 1 }, cookie);
const otherSecret = await sealSession(session, { ...cookie, keys: deriveKeys(['other'], 'session') });

// It has the form of a seal and the id of our key, and does not open.
function forged(at: number): string {
  const [first, id, salt, ...rest] = good.split('*');
  return [first, id, at.toString(16).padStart(salt?.length ?? 0, '0'), ...rest].join('*');
}

let now = start;
const clock = clockFrom({ now: () => now });
let read: (...values: string[]) => Credential | Promise<Credential>;

beforeEach(() => {
  now = start;
  const reader = newReader();
  read = (...values) => reader(values.map((value) => `${cookie.name}=${value}`).join('; '), place, route);
});

describe('a session cookie', () => {
  test('is opened', async () => {
    expect(await read(good)).toMatchObject({
      known: { session, token: good, sealedAt: start },
      sent: good,
    });
  });

  test('is opened once: what was learned about it is kept', async () => {
    const [first, second] = [await read(good), await read(good)];

    expect('known' in first && 'known' in second && first.known === second.known).toBe(true);
  });

  test('is read without waiting once it was opened, whatever else comes beside it', async () => {
    await read(good, forged(1));

    expect(read(good, forged(1))).not.toBeInstanceOf(Promise);
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

describe('sessions that live', () => {
  test('are not pushed out by any that are over, nor by what does not open', async () => {
    const kept = { living: 2, useless: 2 };
    const reader = newReader({ kept });
    const readOne = (value: string) => reader(`${cookie.name}=${value}`, place, route);
    const first = await readOne(good);
    for (let at = 0; at < 5; at++) {
      const sid = `ended ${at}`;
      const ended = await readOne(await sealSession({ ...session, sid }, cookie));
      if (!('known' in ended)) throw new Error('it is sealed and good');
      ended.known.ended = true;
      await readOne(ended.sent);
      await readOne(await sealSession({ ...session, sid, exp: start / 1000 }, cookie));
      await readOne(forged(at));
    }
    const again = await readOne(good);

    expect('known' in first && 'known' in again && first.known === again.known).toBe(true);
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
    ['another prefix', `__Http-_sso_proxy=${good}`],
    ['a no-break space before the name', `\u00a0${cookie.name}=${good}`],
  ])('%s', async (_, header) => {
    const reader = newReader();

    expect(await reader(header, place, route)).toEqual({ nobody: 'no_session' });
  });
});

describe('several cookies of one name', () => {
  test.each([
    ['the only good one, first', [good, 'garbage'], good],
    ['the only good one, last', ['garbage', expired, elsewhere, otherProvider, good], good],
    ['the first of two that are as new', [another, good], another],
    ['the one signed in for last', [good, later, another], later],
    ['the one sealed last', [good, renewed, another], renewed],
  ])('are all looked at: %s', async (_, values, sent) => {
    expect(await read(...values)).toMatchObject({ sent });
  });

  test('do not hide the real one, however many cannot be a seal of ours', async () => {
    const planted = Array.from({ length: 1_000 }, (_, at) => `planted${at}`);
    expect(await read(...planted, otherSecret, good)).toMatchObject({ sent: good });
  });

  test('are tried fifty times and no more, where they could be ours', async () => {
    const planted = Array.from({ length: 50 }, (_, at) => forged(at));
    expect(await read(...planted.slice(1), good)).toMatchObject({ sent: good });
    expect(await read(...planted, good)).toEqual({ nobody: 'session_unreadable' });
  });

  test.each([
    ['over', ['garbage', elsewhere, otherProvider, expired], 'session_expired'],
    ['of another provider', ['garbage', otherProvider, elsewhere], 'session_other_provider'],
    ['of another domain', [elsewhere, 'garbage'], 'session_elsewhere'],
    ['unreadable', ['garbage', 'more'], 'session_unreadable'],
  ])(
    'that are of no use: reported is the one that came closest, one that is %s',
    async (_, values, nobody) => {
      expect(await read(...values)).toEqual({ nobody });
    },
  );
});

describe('where a session is good', () => {
  test.each([
    ['the domain itself', 'example.com', true],
    ['deep below', 'a.b.example.com', true],
    ['a name that ends alike', 'evilexample.com', false],
    ['another domain', 'wiki.example.org', false],
  ])('%s', async (_, asked, usable) => {
    const reader = newReader();
    const credential = await reader(`${cookie.name}=${good}`, at(asked), route);

    expect(credential).toEqual(usable ? expect.objectContaining({ sent: good }) : { nobody: 'no_session' });
  });

  test('each route asks for its own provider, of a session that is known already too', async () => {
    const reader = newReader();
    await reader(`${cookie.name}=${good}`, place, route);
    const okta = { ...route, providerSlugs: ['okta'] as const };

    expect(await reader(`${cookie.name}=${good}`, place, okta)).toEqual({ nobody: 'session_other_provider' });
  });
});

describe('a session that was handed over to one host', () => {
  const handedOver: Session = { ...session, aud: host, host_only: true };

  test('is read from that host’s own cookie, and shown to auth sealed with a key of the services', async () => {
    const value = await cookies.seal(handedOver);
    const reader = newReader();
    const credential = await reader(`__Host-_sso_proxy=${value}`, place, route);

    expect(credential).toMatchObject({ sent: value, known: { session: handedOver, cookie: value } });
    const { known } = credential as Extract<Credential, { known: unknown }>;
    expect(known.token).not.toBe(value);
    expect(await tokens.open(known.token)).toEqual(handedOver);
  });

  test.each([
    ['below the host', at('a.wiki.example.com')],
    ['above it', at('example.com')],
    ['beside it', at('vault.example.com')],
    ['at another port of it', { host, authority: `${host}:8443` }],
  ])('is none %s', async (_, asked) => {
    const reader = newReader();
    const value = await cookies.seal(handedOver);

    expect(await reader(`__Host-_sso_proxy=${value}`, asked, route)).toEqual({ nobody: 'session_elsewhere' });
  });
});

describe('SESSION_TTL_LIFETIME', () => {
  test.each([
    ['before it is over', 3_599_999, { sent: good }],
    ['when it is over', 3_600_000, { nobody: 'session_expired' }],
  ])('ends a session that would last longer: %s', async (_, later, expected) => {
    const long = await sealSession({ ...session, exp: start / 1000 + 86_400 }, cookie);
    now = start + later;
    const reader = newReader({ lifetimeMs: 3_600_000 });
    const credential = await reader(`${cookie.name}=${long}`, place, route);

    expect(credential).toMatchObject('sent' in expected ? { sent: long } : expected);
  });
});

function newReader(
  options?: Partial<Parameters<typeof createCredentialReader>[0]>,
): ReturnType<typeof createCredentialReader>['read'] {
  const states = createSessionStates(clock);
  return createCredentialReader({ cookies, tokens, states, lifetimeMs, clock, ...options }).read;
}

function at(name: string): SessionPlace {
  return { host: name, authority: name };
}
