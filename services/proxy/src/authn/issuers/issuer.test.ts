import { KeysAway } from '@latchkey/identity';
import { beforeEach, expect, test } from '@jest/globals';
import type { Issuer } from '@latchkey/upstreams';
import { generateKeyPair, SignJWT } from 'jose';
import { createKnownIssuer } from './issuer.ts';
import type { KnownIssuer } from './issuer.ts';
import { readToken } from './read-token.ts';

const entry: Issuer = {
  issuer: 'https://idp.example',
  audiences: ['api'],
  callers: 'machines',
  emailDomains: [],
  keys: { from: 'discovery', at: 'https://idp.example' },
  algorithms: ['ES256'],
  leewayMs: 30_000,
  claims: { subject: 'sub', scopes: ['scope', 'scp'], groups: undefined, client: ['client_id', 'azp'] },
};

let pair: CryptoKeyPair;
let isAway: boolean;
let generation: number;
let checked: number;
let now: number;
let known: KnownIssuer;

beforeEach(async () => {
  pair = await generateKeyPair('ES256');
  [isAway, generation, checked, now] = [false, 1, 0, 1_000_000_000];
  const keys = {
    async keyFor() {
      checked += 1;
      if (isAway) throw new KeysAway();
      return pair.publicKey;
    },
    generation: () => generation,
    touch: () => undefined,
  };
  known = createKnownIssuer(entry, keys, () => now);
});

async function sign(claims: object = {}): Promise<string> {
  const all = { iss: entry.issuer, aud: 'api', sub: 'ci', exp: now / 1000 + 60, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: 'ES256' }).sign(pair.privateKey);
}

async function show(token: string) {
  const read = readToken(token);
  if (read === undefined) throw new Error('no token');
  const { principal } = known.recall(token) ?? (await known.check(token, read));
  return principal.kind === 'visitor' ? principal.why : principal;
}

test('a token is checked once, and makes the same caller each time', async () => {
  const token = await sign();
  const caller = await show(token);
  expect(caller).toMatchObject({ kind: 'machine', name: 'https://idp.example#ci', subject: 'ci' });
  expect(await show(token)).toBe(caller);
  expect(checked).toBe(1);
});

test('a token counts until its end and as long as clocks may differ, also when it is known', async () => {
  const token = await sign();
  now += 89_999;
  expect(await show(token)).toMatchObject({ kind: 'machine' });
  now += 1;
  expect(await show(token)).toBe('token_expired');
});

test('a token counts from its beginning, less what clocks may differ', async () => {
  const token = await sign({ nbf: now / 1000 + 31 });
  expect(await show(token)).toBe('token_invalid');
  now += 1_000;
  expect(await show(token)).toMatchObject({ kind: 'machine' });
});

test('a token is checked anew when the keys are other ones', async () => {
  const token = await sign();
  await show(token);
  pair = await generateKeyPair('ES256');
  generation = 2;
  expect(await show(token)).toBe('token_invalid');
});

test('a signature that is wrong is checked once, and again when the keys are other ones', async () => {
  const token = await sign();
  const { publicKey } = pair;
  pair = await generateKeyPair('ES256');
  expect([await show(token), await show(token), checked]).toEqual(['token_invalid', 'token_invalid', 1]);
  pair = { ...pair, publicKey };
  generation = 2;
  expect(await show(token)).toMatchObject({ kind: 'machine' });
});

test('nothing is said of a token, and nothing kept, while its keys cannot be had', async () => {
  const token = await sign();
  isAway = true;
  expect(await show(token)).toBe('token_unverified');
  isAway = false;
  expect(await show(token)).toMatchObject({ kind: 'machine' });
});

test('keys are asked for by nothing that could not be a token for us', async () => {
  for (const claims of [
    { aud: 'x' },
    { exp: now / 1000 - 60 },
    { exp: 'soon' },
    { sub: 1 },
    { nonce: 'n' },
  ]) {
    await show(await sign(claims));
  }
  expect(checked).toBe(0);
});

test('an access token of Amazon Cognito is for the client that it names', async () => {
  const cognito = { aud: undefined, token_use: 'access', client_id: 'api' };
  expect(await show(await sign(cognito))).toMatchObject({ client: 'api' });
  expect(await show(await sign({ ...cognito, client_id: 'another' }))).toBe('token_invalid');
});
