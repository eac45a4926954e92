// I may choose my own name, address and groups at the provider, and choose them so large that no cookie holds them: 500 for
// me, an error in somebody's log for each try, and memory for each group.
import { afterEach, describe, expect, test } from '@jest/globals';
import { answerAtToken, begun, callbackUrl, claimsFor, compact, rsaKey } from '../fixtures/forger.ts';
import { useStack } from '../fixtures/use-stack.ts';

const long = 'x'.repeat(3_000);
const key = rsaKey('one');

describe.each(['google', 'oidc', 'cognito'] as const)('at a provider of type %s', (providerType) => {
  const use = useStack({ providerType });
  const groupsClaim = providerType === 'cognito' ? 'cognito:groups' : 'groups';
  afterEach(() => {
    use.stack.idp.behaviour.faults = {};
  });

  async function signInAs(claims: Record<string, unknown>) {
    const { idp } = use.stack;
    const browser = use.browser();
    const started = await begun(use.stack, browser);
    const person = { sub: 'demo-2', email: 'engineer@example.com', email_verified: true, ...claims };
    idp.behaviour.faults = {
      jwks: { answer: { status: 200, body: { keys: [key.jwk] } } },
      userinfo: { answer: { status: 200, body: person } },
    };
    const header = { alg: 'RS256', kid: 'one' };
    answerAtToken(use.stack, { id_token: compact(header, claimsFor(use.stack, started, person), key.sign) });
    return { browser, answer: await browser.visit(callbackUrl(use.stack, started)) };
  }

  test.each([
    { what: 'subject', claims: { sub: long }, status: 502, error: 'provider_failed' },
    {
      what: 'subject of 256 characters',
      claims: { sub: 'x'.repeat(256) },
      status: 502,
      error: 'provider_failed',
    },
    { what: 'subject with a line break', claims: { sub: 'a\nb' }, status: 502, error: 'provider_failed' },
    { what: 'address', claims: { email: `${long}@example.com` }, status: 403, error: 'account_refused' },
    {
      what: 'address of 255 characters',
      claims: { email: `${'x'.repeat(243)}@example.com` },
      status: 403,
      error: 'account_refused',
    },
  ])('a $what that is too much is refused with $status', async ({ claims, status, error }) => {
    const { answer } = await signInAs(claims);
    expect(answer.status).toBe(status);
    expect(answer.body.length).toBeLessThan(6_000);
    expect(use.stack.log.findLast(({ error: code }) => code === error)).toMatchObject({
      detail: expect.any(String),
    });
  });

  test('the largest that may be, a long name and many groups let a person in all the same', async () => {
    const { answer, browser } = await signInAs({
      sub: 'x'.repeat(255),
      email: `${'x'.repeat(242)}@example.com`,
      name: long,
      [groupsClaim]: [
        long,
        'engineering@example.com',
        ...Array.from({ length: 5_000 }, (_, at) => `group-${at}`),
      ],
    });
    expect(answer.status).toBe(200);
    expect((await browser.visit(use.stack.url('wiki'))).status).toBe(200);
  });
});
