// A provider says that a session there has ended (OpenID Connect Back-Channel Logout 1.0), or somebody says so in its place.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Hop } from '@latchkey/testing/browser';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { CryptoKey } from 'jose';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sessionCookieName, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { parseJsonObject } from '../json.ts';

const slug = 'okta';
const address = `${ssoOrigin}/${slug}/backchannel_logout`;
const event = 'http://schemas.openid.net/event/backchannel-logout';

let rig: Rig;
let browser: Browser;
/** a key that the provider publishes, too, so that tests can say what it does not */
let key: CryptoKey;
let published: CryptoKey;
let keys: object[];
beforeAll(async () => {
  rig = await startRig({ providerTimeoutMs: 2_000, env: { SERVER_RATE_LIMIT: '0' } });
  ({ privateKey: key, publicKey: published } = await generateKeyPair('RS256', { extractable: true }));
  const theirs = parseJsonObject((await rig.browser().fetch(rig.idp.endpoints.jwks)).body);
  const ours = { ...(await exportJWK(published)), kid: 'ours', alg: 'RS256', use: 'sig' };
  keys = [...((theirs ?? {})['keys'] as object[]), ours];
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.heal();
  rig.idp.behaviour.faults.jwks = { answer: { status: 200, body: { keys } } };
  browser = rig.browser();
});

/** The claims of a logout token, as the provider makes them. */
function claims(changes: object = {}): Record<string, unknown> {
  const iat = Math.floor(rig.clock.now / 1000);
  const { issuer: iss } = rig.idp;
  const events = { [event]: {} };
  return { iss, aud: 'latchkey', iat, exp: iat + 120, jti: randomUUID(), events, ...changes };
}

async function signed(about: object, header: object = {}, by = key): Promise<string> {
  const data = new TextEncoder().encode(JSON.stringify(about));
  return new CompactSign(data)
    .setProtectedHeader({ alg: 'RS256', kid: 'ours', typ: 'logout+jwt', ...header })
    .sign(by, { crit: { demand: true } });
}

function sent(token: string, { at = address, headers = {} } = {}): Promise<Hop> {
  return rig.browser().fetch(at, { form: { logout_token: token }, headers });
}

type Arriving = { sub?: string; sid?: string; meanwhile?: () => Promise<unknown> };

/** Somebody signs in whom the provider calls so, whose session there it calls so; gives the answer to the callback. */
async function arrive(one: Browser, { sub = 'demo-2', sid, meanwhile }: Arriving = {}): Promise<Hop> {
  const first = await one.visit(rig.signInUrl(wiki, { slug }));
  const asked = new URL(first.location ?? '').searchParams;
  const person = { sub, email: `${sub}@example.com`, email_verified: true };
  const { events: _, jti: __, ...times } = claims();
  // openid-client goes by the time of day, which goes on while these tests run.
  const exp = Number(times['iat']) + 86_400;
  const idToken = { ...times, ...person, exp, nonce: asked.get('nonce'), ...(sid !== undefined && { sid }) };
  const body = {
    access_token: 'a',
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: randomUUID(),
    id_token: await signed(idToken, { typ: 'JWT' }),
  };
  const { faults } = rig.idp.behaviour;
  faults.token = { answer: { status: 200, body } };
  faults.userinfo = { answer: { status: 200, body: person } };
  await meanwhile?.();
  const query = new URLSearchParams({ code: 'c', state: asked.get('state') ?? '', iss: rig.idp.issuer });
  return one.visit(`${ssoOrigin}/${slug}/callback?${query.toString()}`);
}

const tokenOf = (one: Browser) => one.cookie(ssoOrigin, sessionCookieName) ?? '';

async function signedIn(who: Arriving = {}): Promise<string> {
  const one = rig.browser();
  expect((await arrive(one, who)).location).toBe(wiki);
  return tokenOf(one);
}

async function areActive(tokens: readonly string[]): Promise<unknown[]> {
  return Promise.all(tokens.map(async (token) => (await rig.introspect({ token })).body['active']));
}

describe('a session that ends at the provider', () => {
  test('ends here, and no other of the same person', async () => {
    await rig.signIn(browser, 'engineer@example.com', { slug });
    const elsewhere = rig.browser();
    await rig.signIn(elsewhere, 'engineer@example.com', { slug });
    const tokens = [tokenOf(browser), tokenOf(elsewhere)];
    // The provider makes its token by the time of day.
    rig.clock.now = Date.now();
    const page = await browser.visit(rig.idp.endpoints.endSession);
    const xsrf = /name="xsrf" value="(?<xsrf>[^"]*)"/.exec(page.body)?.groups?.['xsrf'] ?? '';
    const action = /action="(?<action>[^"]*)"/.exec(page.body)?.groups?.['action'] ?? '';
    await browser.visit(action, { form: { xsrf, logout: 'yes' } });
    expect(await areActive(tokens)).toEqual([false, true]);
  });

  test('ends all that came from it, and nothing else', async () => {
    const tokens = [
      await signedIn({ sid: 'there' }),
      await signedIn({ sid: 'there' }),
      await signedIn({ sid: 'elsewhere' }),
      await signedIn(),
      await signedIn({ sub: 'demo-1', sid: 'of another' }),
    ];
    const answer = await sent(await signed(claims({ sid: 'there', sub: 'demo-2' })));
    expect([answer.status, answer.body, answer.headers['cache-control']]).toEqual([200, '', 'no-store']);
    expect(await areActive(tokens)).toEqual([false, false, true, true, true]);
  });

  test('is found by its name alone, too', async () => {
    const tokens = [await signedIn({ sid: 'by name' }), await signedIn({ sid: 'by another' })];
    expect((await sent(await signed(claims({ sid: 'by name' })))).status).toBe(200);
    expect(await areActive(tokens)).toEqual([false, true]);
  });

  test('leaves a line in the log, and one for the audit', async () => {
    await signedIn({ sid: 'with a line' });
    await sent(await signed(claims({ sid: 'with a line' })));
    const about = { user: 'demo-2@example.com' };
    const [audit, line] = rig.log
      .map(parseJsonObject)
      .filter((one) => one?.['audit'] !== undefined || one?.['detail'] === 'sessions ended: 1');
    expect(audit).toMatchObject({
      audit: 'signed_out',
      by: 'provider',
      provider: slug,
      sessions: 1,
      ...about,
    });
    expect(line).toMatchObject({ path: `/${slug}/backchannel_logout`, status: 200, ...about });
  });

  test('that nobody here came from is no mistake', async () => {
    expect((await sent(await signed(claims({ sid: 'never seen', sub: 'demo-2' })))).status).toBe(200);
    expect(rig.log.join('')).toContain('sessions ended: 0');
  });
});

describe('an account that ends at the provider', () => {
  test('is signed out everywhere, and nobody else is', async () => {
    const tokens = [
      await signedIn({ sid: 'one' }),
      await signedIn({ sid: 'two' }),
      await signedIn(),
      await signedIn({ sub: 'demo-1' }),
    ];
    expect((await sent(await signed(claims({ sub: 'demo-2' })))).status).toBe(200);
    expect(await areActive(tokens)).toEqual([false, false, false, true]);
  });

  test('gets its grants taken back', async () => {
    await signedIn({ sub: 'demo-3' });
    await signedIn({ sub: 'demo-3' });
    await sent(await signed(claims({ sub: 'demo-3' })));
    await until(() => rig.idp.requests.revocation === 2);
    rig.clock.now += 1_000;
  });

  test('may sign in again', async () => {
    await sent(await signed(claims({ sub: 'demo-3' })));
    rig.clock.now += 1_000;
    expect(await areActive([await signedIn({ sub: 'demo-3' })])).toEqual([true]);
  });
});

describe('who is signing in at that very moment', () => {
  test.each([
    ['whose session there ends', { sid: 'raced' }, { sid: 'raced' }],
    ['whose session there ends, with their name', { sid: 'raced too' }, { sid: 'raced too', sub: 'demo-2' }],
    ['who is signed out everywhere', {}, { sub: 'demo-2' }],
  ])('%s is not signed in', async (_, arriving, ended) => {
    const meanwhile = async () => sent(await signed(claims(ended)));
    const answer = await arrive(browser, { ...arriving, meanwhile });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('The sign-in was not completed');
    expect(tokenOf(browser)).toBe('');
    expect(rig.log.join('')).toContain('signed out everywhere while the sign-in was under way');
    rig.clock.now += 1_000;
    expect((await arrive(browser)).location).toBe(wiki);
  });

  test('whose other session there ends is', async () => {
    const token = await signed(claims({ sid: 'another one', sub: 'demo-2' }));
    const answer = await arrive(browser, { sid: 'this one', meanwhile: () => sent(token) });
    expect(answer.location).toBe(wiki);
  });

  test('is over, whichever comes first', async () => {
    for (let round = 0; round < 10; round++) {
      const one = rig.browser();
      const sid = `race ${round}`;
      const token = await signed(claims({ sid }));
      let ended: Promise<Hop> | undefined;
      await arrive(one, {
        sid,
        async meanwhile() {
          ended = pause(round).then(() => sent(token));
        },
      });
      expect((await ended)?.status).toBe(200);
      const left = tokenOf(one);
      expect(left === '' ? [false] : await areActive([left])).toEqual([false]);
    }
  });
});

describe('somebody else ends nothing', () => {
  let victim: string;
  const about = { sid: 'victim', sub: 'demo-2' };
  beforeEach(async () => {
    rig.clock.now += 1_000;
    victim = await signedIn({ sid: 'victim' });
  });

  async function refuses(answer: Promise<Hop>, status = 400): Promise<Record<string, unknown>> {
    const { status: given, body, headers } = await answer;
    expect([given, headers['cache-control']]).toEqual([status, 'no-store']);
    expect(await areActive([victim])).toEqual([true]);
    return parseJsonObject(body) ?? {};
  }

  test('without a token', async () => {
    const body = await refuses(rig.browser().fetch(address, { form: { token: 'x' } }));
    expect(body).toMatchObject({ error: 'logout_token_refused', request_id: expect.any(String) });
  });

  test('with a key of their own', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    await refuses(sent(await signed(claims(about), {}, privateKey)));
    await refuses(sent(await signed(claims(about), { kid: undefined }, privateKey)));
  });

  test('with a key that the token brings along', async () => {
    const own = await generateKeyPair('RS256');
    const jwk = await exportJWK(own.publicKey);
    await refuses(sent(await signed(claims(about), { jwk, kid: undefined }, own.privateKey)));
    await refuses(sent(await signed(claims(about), { jku: 'https://evil.example/keys' }, own.privateKey)));
  });

  test('with a secret that others know, or none', async () => {
    const secrets = ['known to the provider', await exportSPKI(published)];
    for (const secret of secrets) {
      const data = new TextEncoder().encode(JSON.stringify(claims(about)));
      const token = new CompactSign(data).setProtectedHeader({ alg: 'HS256', kid: 'ours' });
      await refuses(sent(await token.sign(new TextEncoder().encode(secret.padEnd(32)))));
    }
    const bare = [{ alg: 'none' }, claims(about)].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    await refuses(sent(`${bare.join('.')}.`));
  });

  test('with a genuine token that was changed', async () => {
    const [head, , signature] = (await signed(claims({ sid: 'mine' }))).split('.');
    const changed = Buffer.from(JSON.stringify(claims(about))).toString('base64url');
    await refuses(sent([head, changed, signature].join('.')));
  });

  test.each<[string, object, object]>([
    ['an ID token', { events: undefined, nonce: 'n' }, { typ: 'JWT' }],
    ['an ID token with an event', { nonce: 'n' }, { typ: 'JWT' }],
    ['an access token', {}, { typ: 'at+jwt' }],
    ['a token for another client', { aud: 'another' }, {}],
    ['a token of long ago', { iat: 1_000_000_000, exp: 9_000_000_000 }, {}],
    ['a token without a name', { jti: undefined }, {}],
    ['a token about nobody', { sid: undefined, sub: undefined }, {}],
    ['a token with a demand that is not understood', {}, { crit: ['demand'], demand: 1 }],
  ])('with %s that the provider has signed', async (_, changes, header) => {
    await refuses(sent(await signed(claims({ ...about, ...changes }), header)));
    expect(rig.log.join('')).not.toContain('internal_error');
  });

  test('at the address of a provider that has not signed it', async () => {
    await refuses(sent(await signed(claims(about)), { at: `${ssoOrigin}/google/backchannel_logout` }), 404);
  });

  test('with the same token a second time, at once or later', async () => {
    const token = await signed(claims({ sub: 'demo-2' }));
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => sent(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(4);
    rig.clock.now += 2_000;
    victim = await signedIn({ sid: 'again' });
    await refuses(sent(token));
    expect(rig.log.join('')).toContain('it was used already (jti)');
  });

  test('from a page in a browser', async () => {
    const token = await signed(claims(about));
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ]) {
      expect((await sent(token, { headers })).status).toBe(403);
    }
    expect(await areActive([victim])).toEqual([true]);
  });

  test('by another method, with too much, or in another form', async () => {
    const token = await signed(claims(about));
    const query = `${address}?logout_token=${token}`;
    const visit = await rig.browser().fetch(query);
    expect([visit.status, visit.headers['allow']]).toEqual([405, 'POST']);
    await refuses(rig.browser().fetch(query, { form: {} }));
    await refuses(sent('x'.repeat(20_000)), 413);
    const [body, json] = [JSON.stringify({ logout_token: token }), { 'content-type': 'application/json' }];
    await refuses(rig.browser().fetch(address, { method: 'POST', body, headers: json }));
    const twice: [string, string][] = [
      ['logout_token', token],
      ['logout_token', token],
    ];
    await refuses(rig.browser().fetch(address, { form: twice }));
  });

  test('and has no key fetched for what cannot be genuine, nor twice for a key that there is not', async () => {
    rig.idp.requests.jwks = 0;
    for (const wrong of [{ iss: 'https://evil.example' }, { aud: 'x' }, { iat: 1 }, { nonce: 'n' }]) {
      await refuses(sent(await signed(claims({ ...about, ...wrong }), { kid: 'unknown' })));
    }
    expect(rig.idp.requests.jwks).toBe(0);
    for (let at = 0; at < 20; at++) await sent(await signed(claims(about), { kid: `unknown ${at}` }));
    expect(rig.idp.requests.jwks).toBeLessThan(2);
  });
});

test('a provider whose keys cannot be had is asked to say it again', async () => {
  const alone = await startRig({ besides: rig, providerTimeoutMs: 2_000 });
  const token = await signed(claims({ sub: 'demo-2' }));
  rig.idp.behaviour.faults.discovery = { answer: { status: 500, body: {} } };
  const ask = () => alone.browser().fetch(address, { form: { logout_token: token } });
  expect((await ask()).status).toBe(503);
  rig.idp.behaviour.faults = { jwks: rig.idp.behaviour.faults.jwks ?? {} };
  expect((await ask()).status).toBe(200);
  await alone.close();
});

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isTrue(); tries++) await pause(20);
  expect(isTrue()).toBe(true);
}
