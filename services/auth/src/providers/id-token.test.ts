import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { signatureCheck } from './id-token.ts';
import type { CheckSignature } from './id-token.ts';

type Signer = Awaited<ReturnType<typeof signerOf>>;

const issuer = 'https://idp.example';
const published = { issuer, jwks_uri: `${issuer}/keys` };

let first: Signer;
let second: Signer;
let keys: unknown[];
let status: number;
let asked: number;
let now: number;
let elapsed: number;
let check: CheckSignature;

beforeEach(async () => {
  [first, second] = await Promise.all([signerOf('one'), signerOf('two')]);
  [keys, status, asked, now, elapsed] = [[first.jwk], 200, 0, Date.now(), 0];
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  check = signatureCheck(published, fetchKeys, () => elapsed);
});
afterEach(() => {
  jest.restoreAllMocks();
});

async function signerOf(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const payload = new TextEncoder().encode('{}');
  return {
    jwk,
    token: await new CompactSign(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey),
  };
}

function pass(ms: number): void {
  now += ms;
  elapsed += ms;
}

async function fetchKeys(): Promise<Response> {
  asked += 1;
  return Response.json({ keys }, { status });
}

describe('the keys of an issuer', () => {
  beforeEach(() => {
    const algorithms = ['RS256', 'ES256', 'HS256', 'none'];
    check = signatureCheck(
      { ...published, id_token_signing_alg_values_supported: algorithms },
      fetchKeys,
      () => elapsed,
    );
  });

  test('are asked for once, also by many at a time, and kept for ten minutes', async () => {
    await Promise.all([check(first.token), check(first.token), check(first.token)]);
    pass(599_000);
    await check(first.token);
    expect(asked).toBe(1);
    pass(2_000);
    await check(first.token);
    expect(asked).toBe(2);
  });

  test('are asked for again when a token names a new one', async () => {
    await check(first.token);
    keys = [first.jwk, second.jwk];
    pass(31_000);
    await check(second.token);
    expect(asked).toBe(2);
  });

  test('are not asked for again within the cool-down, whatever a token names', async () => {
    await check(first.token);
    pass(29_000);
    await expect(check(second.token)).rejects.toMatchObject({ code: 'provider_failed' });
    expect(asked).toBe(1);
  });

  test('count no longer once the issuer has taken them back', async () => {
    await check(first.token);
    keys = [second.jwk];
    pass(601_000);
    await expect(check(first.token)).rejects.toMatchObject({
      code: 'provider_failed',
      detail: 'the signature of the token: ERR_JWKS_NO_MATCHING_KEY',
    });
  });

  test('are neither kept nor missed for a day because the clock was set back by one', async () => {
    await check(first.token);
    keys = [second.jwk];
    now -= 86_400_000;
    elapsed += 601_000;
    await check(second.token);
    await expect(check(first.token)).rejects.toMatchObject({ code: 'provider_failed' });
  });

  test.each([404, 302])('that cannot be had (%d) are no word about the token', async (answered) => {
    status = answered;
    await expect(check(first.token)).rejects.toMatchObject({ code: 'provider_unavailable' });
    status = 200;
    pass(1_000);
    await check(first.token);
  });

  test('count for three hours while they cannot be had, and are asked for once a second', async () => {
    await check(first.token);
    status = 503;
    pass(601_000);
    await check(first.token);
    await check(first.token);
    expect(asked).toBe(2);
    pass(3 * 3_600_000 - 602_000);
    await check(first.token);
    pass(2_000);
    await expect(check(first.token)).rejects.toMatchObject({
      code: 'provider_unavailable',
      detail: 'the keys of the issuer: 503',
    });
    [status, keys] = [200, [second.jwk]];
    pass(1_000);
    await check(second.token);
  });

  test('that cannot be had are no word about a token that names a new one', async () => {
    await check(first.token);
    status = 503;
    pass(31_000);
    await expect(check(second.token)).rejects.toMatchObject({ code: 'provider_unavailable' });
    await check(first.token);
  });

  test('that are no keys are a failure of the provider', async () => {
    keys = [1];
    await expect(check(first.token)).rejects.toMatchObject({ code: 'provider_failed' });
  });
});

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])(
  'keys that say no more than they have to are taken: %s',
  async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const token = await new CompactSign(new TextEncoder().encode('{}'))
      .setProtectedHeader({ alg })
      .sign(privateKey);
    // Neither `kid` nor `alg` nor `use`, beside others that fit no token (RFC 7517, section 5).
    keys = [{ kty: 'oct', k: 'c2VjcmV0' }, { kty: 'of tomorrow' }, await exportJWK(publicKey)];
    const algorithms = { id_token_signing_alg_values_supported: [alg] };
    await signatureCheck({ ...published, ...algorithms }, fetchKeys, () => elapsed)(token);
  },
);

test('an issuer that says nothing about algorithms signs with RS256', async () => {
  await expect(check(first.token)).rejects.toMatchObject({ code: 'provider_failed' });
});

test.each([undefined, 'nonsense', 'http://idp.example/keys', 'file:///etc/keys'])(
  'keys are not taken from %s',
  (jwks_uri) => {
    expect(() => signatureCheck({ issuer, jwks_uri }, fetchKeys, () => elapsed)).toThrow(
      expect.objectContaining({ code: 'provider_failed' }),
    );
  },
);
