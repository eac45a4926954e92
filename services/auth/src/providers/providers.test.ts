import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deriveKeys, openAttempt } from '@latchkey/session';
import type { Browser } from '@latchkey/testing/browser';
import { sessionCookieName, slugs, ssoOrigin, startRig, wiki } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { parseJsonObject } from '../json.ts';

let rig: Rig;
let browser: Browser;
beforeAll(async () => {
  rig = await startRig({ env: { PROVIDER_G_GOOGLE_DOMAIN: 'example.com' } });
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.heal();
  browser = rig.browser();
});

const person = { sub: 'demo-2', email: 'engineer@example.com', email_verified: true };

async function callbackUrl(one: Browser, slug: string, email = 'engineer@example.com'): Promise<URL> {
  return new URL(await rig.callbackFor(one, await one.visit(rig.signInUrl(wiki, { slug })), email));
}

describe('Google', () => {
  test('is asked for its hosted domain, for a refresh token, and for consent', async () => {
    const first = await browser.visit(rig.signInUrl());
    const asked = Object.fromEntries(new URL(first.location ?? '').searchParams);
    expect(asked).toMatchObject({
      hd: 'example.com',
      access_type: 'offline',
      prompt: 'consent',
      scope: 'profile email',
    });
  });

  test('is not asked who somebody is where it has to say when it did, which it never says', async () => {
    const answer = await browser.visit(`${rig.signInUrl()}&proved_within=600`);
    expect(answer.status).toBe(502);
    expect(answer.location).toBeUndefined();
  });

  test('is believed only about accounts of the hosted domain, whatever was asked for', async () => {
    for (const { claims, status } of [
      { claims: person, status: 403 },
      { claims: { ...person, hd: 'evil.example' }, status: 403 },
      { claims: { ...person, hd: 'example.com' }, status: 302 },
    ]) {
      rig.idp.behaviour.faults.userinfo = { answer: { status: 200, body: claims } };
      expect((await browser.visit(await callbackUrl(browser, 'google'))).status).toBe(status);
    }
  });

  test.each(['true', 1, null])('is not believed where email_verified is %j', async (email_verified) => {
    const body = { ...person, hd: 'example.com', email_verified };
    rig.idp.behaviour.faults.userinfo = { answer: { status: 200, body } };
    expect((await browser.visit(await callbackUrl(browser, 'google'))).status).toBe(403);
  });

  test('gets its access token in a header, never in a URL', async () => {
    // The demo provider takes a token from either place; only the header leaves the query empty.
    rig.idp.behaviour.faults.userinfo = { answer: { status: 401, body: {} } };
    const answer = await browser.visit(await callbackUrl(browser, 'google'));
    expect(answer.status).toBe(502);
    expect(rig.log.join('')).not.toContain('access_token');
  });
});

describe('an OpenID Connect provider', () => {
  test('is asked with a nonce, and for what it offers', async () => {
    const first = await browser.visit(rig.signInUrl(wiki, { slug: 'okta' }));
    const asked = new URL(first.location ?? '').searchParams;
    expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('scope')).toBe('openid profile email offline_access');
  });

  test('is not believed when another issuer answers (RFC 9207)', async () => {
    const url = await callbackUrl(browser, 'okta');
    url.searchParams.set('iss', 'https://evil.example');
    expect((await browser.visit(url)).status).toBe(502);
    expect(rig.idp.requests.token).toBe(0);
  });

  test('that calls itself otherwise than it is called is refused, and the log says what to write', async () => {
    const other = await startRig();
    other.idp.behaviour.faults.discovery = {
      answer: { status: 200, body: { issuer: 'https://id.example' } },
    };
    const { status } = await other.browser().visit(other.signInUrl(wiki, { slug: 'okta' }));
    expect(status).toBe(502);
    expect(other.log.join('')).toContain(
      `the provider at ${other.idp.issuer}/ calls itself https://id.example: write that as its OIDC_ISSUER`,
    );
    await other.close();
  });

  test('is not believed about another person at userinfo', async () => {
    rig.idp.behaviour.faults.userinfo = { answer: { status: 200, body: { ...person, sub: 'demo-1' } } };
    expect((await browser.visit(await callbackUrl(browser, 'okta'))).status).toBe(502);
  });

  test('is not believed with an ID token of another sign-in, an unsigned one, or none', async () => {
    const tokens = await redeemedByHand();
    const [, claims = ''] = String(tokens['id_token']).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    const { id_token: _, ...without } = tokens;
    for (const body of [tokens, { ...tokens, id_token: unsigned }, without]) {
      const url = await callbackUrl(browser, 'okta');
      rig.idp.behaviour.faults.token = { answer: { status: 200, body } };
      expect((await browser.visit(url)).status).toBe(502);
      delete rig.idp.behaviour.faults.token;
    }
    expect(browser.cookie(ssoOrigin, sessionCookieName)).toBeUndefined();
  });

  test('must be spoken to over TLS, unless it is on this machine', async () => {
    const env = { PROVIDER_O_OIDC_ISSUER: 'http://idp.example.com' };
    await expect(startRig({ env })).rejects.toThrow(/^PROVIDER_O_OIDC_ISSUER: .*write an https URL/);
  });
});

describe.each(slugs)('%s', (slug) => {
  test('takes no code of another sign-in (PKCE)', async () => {
    const ours = await callbackUrl(browser, slug);
    const theirs = await callbackUrl(rig.browser(), slug, 'admin@example.com');
    ours.searchParams.set('code', theirs.searchParams.get('code') ?? '');
    expect((await browser.visit(ours)).status).toBe(502);
    expect(browser.cookie(ssoOrigin, sessionCookieName)).toBeUndefined();
  });
});

// What an attacker can get: a genuine answer of the token endpoint, for a sign-in of their own.
async function redeemedByHand() {
  const attacker = rig.browser();
  const url = await callbackUrl(attacker, 'okta', 'admin@example.com');
  const name = attacker.cookieNames().find((one) => one.includes('attempt')) ?? '';
  const keys = deriveKeys(rig.settings.session.key, 'sign-in attempt');
  const attempt = await openAttempt(attacker.cookie(ssoOrigin, name) ?? '', keys, rig.clock.now);
  const answer = await attacker.visit(rig.idp.endpoints.token, {
    form: {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: `${ssoOrigin}/okta/callback`,
      code_verifier: attempt?.secrets?.codeVerifier ?? '',
      client_id: rig.settings.providers[0]?.clientId ?? '',
      client_secret: rig.settings.providers[0]?.clientSecret ?? '',
    },
  });
  return { ...parseJsonObject(answer.body) };
}
