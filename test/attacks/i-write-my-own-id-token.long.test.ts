// Anyone who can answer in the provider's place for a moment (a proxy on the way out, a wall that opens TLS, a cache that is
// poisoned) writes an ID token about anybody. Only the issuer's keys make one: not the words of its own header, and never a
// secret that several know.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  answerAtToken,
  begun,
  callbackUrl,
  claimsFor,
  compact,
  ecKey,
  hmac,
  rsaKey,
} from '../fixtures/forger.ts';
import { useStack } from '../fixtures/use-stack.ts';

const [rsa, otherRsa, ec, foreign] = [rsaKey('r1'), rsaKey('r2'), ecKey('e1'), rsaKey('r1')];
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });

const forgeries: {
  how: string;
  header: Record<string, unknown>;
  signer: (data: string) => Buffer | string;
}[] = [
  { how: 'no signature', header: { alg: 'RS256', kid: 'r1' }, signer: () => '' },
  { how: 'garbage for a signature', header: { alg: 'RS256', kid: 'r1' }, signer: () => Buffer.alloc(256, 7) },
  { how: 'the algorithm none', header: { alg: 'none' }, signer: () => '' },
  { how: 'the algorithm None', header: { alg: 'None' }, signer: () => '' },
  { how: 'a key of its own', header: { alg: 'RS256', kid: 'r1' }, signer: foreign.sign },
  { how: 'another key of the issuer', header: { alg: 'RS256', kid: 'r2' }, signer: rsa.sign },
  { how: 'a key that nobody publishes', header: { alg: 'RS256', kid: 'r9' }, signer: foreign.sign },
  { how: 'no kid, where there are two keys', header: { alg: 'RS256' }, signer: rsa.sign },
  {
    how: 'its key in the header',
    header: { alg: 'RS256', kid: 'r1', jwk: foreign.jwk },
    signer: foreign.sign,
  },
  {
    how: 'its key behind an address in the header',
    header: { alg: 'RS256', kid: 'r1', jku: 'http://127.0.0.1:1/', x5u: 'http://127.0.0.1:1/' },
    signer: foreign.sign,
  },
  { how: 'the client secret', header: { alg: 'HS256' }, signer: hmac('a secret of the provider') },
  { how: 'the public key as a secret', header: { alg: 'HS256', kid: 'r1' }, signer: hmac(pem) },
  { how: 'an algorithm that the key is not for', header: { alg: 'PS256', kid: 'r1' }, signer: rsa.sign },
  { how: 'another kind of key', header: { alg: 'ES256', kid: 'r1' }, signer: ec.sign },
  {
    how: 'an extension that must be understood',
    header: { alg: 'RS256', kid: 'r1', crit: ['x'], x: 1 },
    signer: rsa.sign,
  },
];

const algorithms = ['RS256', 'PS256', 'ES256', 'HS256', 'none'];

describe.each(['oidc', 'okta', 'cognito'] as const)('a provider of type %s', (providerType) => {
  const clock = { now: Date.now() };
  const use = useStack({ providerType, now: () => clock.now });
  const groups = providerType === 'cognito' ? 'cognito:groups' : 'groups';

  beforeEach(async () => {
    const { stack } = use;
    const discovered = await fetch(stack.idp.endpoints.discovery);
    const body = { ...(await discovered.json()), id_token_signing_alg_values_supported: algorithms };
    stack.idp.behaviour.faults = {
      discovery: { answer: { status: 200, body } },
      jwks: { answer: { status: 200, body: { keys: [rsa.jwk, otherRsa.jwk, ec.jwk] } } },
      userinfo: {
        answer: {
          status: 200,
          body: { sub: 'demo-2', email: 'engineer@example.com', email_verified: true, groups: [] },
        },
      },
    };
  });
  afterEach(() => {
    use.stack.idp.behaviour.faults = {};
  });

  test.each(forgeries)('lets nobody in on an ID token with $how', async ({ header, signer }) => {
    const { stack } = use;
    const browser = use.browser();
    const started = await begun(stack, browser);
    answerAtToken(stack, { id_token: compact(header, claimsFor(stack, started), signer) });
    const answer = await browser.visit(callbackUrl(stack, started));
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('The sign-in provider gave an invalid answer');
    expect(browser.cookie(stack.authUrl(), '_sso_proxy')).toBeUndefined();
    expect(stack.log.findLast(({ error }) => error === 'provider_failed')).toMatchObject({ service: 'auth' });
  });

  test.each([
    { kind: 'RS256', header: { alg: 'RS256', kid: 'r1' }, key: rsa },
    { kind: 'ES256', header: { alg: 'ES256', kid: 'e1' }, key: ec },
    { kind: 'the only key that fits, without kid', header: { alg: 'ES256' }, key: ec },
  ])('lets in those whom its own keys vouch for ($kind)', async ({ header, key }) => {
    const { stack } = use;
    const browser = use.browser();
    const started = await begun(stack, browser);
    answerAtToken(stack, { id_token: compact(header, claimsFor(stack, started), key.sign) });
    expect(await browser.visit(callbackUrl(stack, started))).toMatchObject({
      status: 200,
      url: stack.url('hello'),
    });
  });

  test('gives nobody a group on a forged ID token when it is asked again', async () => {
    const { stack } = use;
    const browser = use.browser();
    const started = await begun(stack, browser);
    const genuine = claimsFor(stack, started, { [groups]: [] });
    const refresh_token = 'a-refresh-token';
    answerAtToken(stack, {
      refresh_token,
      id_token: compact({ alg: 'RS256', kid: 'r1' }, genuine, rsa.sign),
    });
    await browser.visit(callbackUrl(stack, started));
    expect((await browser.visit(stack.url('vault'))).status).toBe(403);

    const forged = claimsFor(stack, started, { [groups]: ['security@example.com'] });
    answerAtToken(stack, {
      refresh_token,
      id_token: compact({ alg: 'RS256', kid: 'r1' }, forged, foreign.sign),
    });
    clock.now += 11 * 60_000;
    expect((await browser.visit(stack.url('vault'))).status).toBe(403);
    expect(stack.log).toContainEqual(
      expect.objectContaining({
        msg: 'the provider did not answer about a session',
        error: 'provider_failed',
      }),
    );
    // It is no word about the person either.
    expect((await browser.visit(stack.url('hello'))).status).toBe(200);
  });
});
