import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import { startDevDirectory, type DevDirectory } from './dev-directory.ts';
import { verifySignature } from './signature-v4.ts';

let directory: DevDirectory;
let account: { client_email: string; private_key: string; private_key_id: string; token_uri: string };
beforeAll(async () => {
  directory = await startDevDirectory({ groups: { 'one@example.com': ['ada@example.com'] } });
  account = JSON.parse(directory.credentials);
});
afterAll(() => directory.close());

type Changes = { header?: object; claims?: object; key?: string; signature?: string };

/** An assertion that is good, but for the changes. */
function assertion({ header, claims, key, signature }: Changes = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [
    { alg: 'RS256', typ: 'JWT', kid: account.private_key_id, ...header },
    {
      iss: account.client_email,
      sub: 'admin@example.com',
      aud: account.token_uri,
      scope: 'https://www.googleapis.com/auth/admin.directory.group.readonly',
      iat: now,
      exp: now + 600,
      ...claims,
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signed = parts.join('.');
  return `${signed}.${signature ?? sign('sha256', Buffer.from(signed), key ?? account.private_key).toString('base64url')}`;
}

async function token(text: string) {
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: text };
  const answer = await fetch(account.token_uri, { method: 'POST', body: new URLSearchParams(grant) });
  const body: Record<string, unknown> = await answer.json();
  return { status: answer.status, body };
}

describe('the directory of the demo', () => {
  test('gives an access token for a good assertion, and answers with it', async () => {
    const { body } = await token(assertion());
    const url = `${directory.url}/groups/one%40example.com/hasMember/ada%40example.com`;
    const headers = { authorization: `Bearer ${String(body['access_token'])}` };
    expect(await (await fetch(url, { headers })).json()).toEqual({ isMember: true });
    expect((await fetch(url)).status).toBe(401);
  });

  const seconds = Math.floor(Date.now() / 1000);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const otherKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each<[string, Changes]>([
    ['another key', { key: otherKey }],
    ['no signature', { header: { alg: 'none' }, signature: '' }],
    ['another algorithm', { header: { alg: 'HS256' } }],
    ['another key id', { header: { kid: 'x' } }],
    ['another issuer', { claims: { iss: 'x' } }],
    ['another audience', { claims: { aud: 'https://oauth2.googleapis.com/token' } }],
    ['nobody to act as', { claims: { sub: undefined } }],
    ['somebody who is no administrator', { claims: { sub: 'ada@example.com' } }],
    ['an end in the past', { claims: { iat: seconds - 700, exp: seconds - 100 } }],
    ['a beginning in the future', { claims: { iat: seconds + 300, exp: seconds + 600 } }],
    ['a life of more than an hour', { claims: { exp: seconds + 4000 } }],
  ])('gives none for %s', async (_, changes) => {
    expect(await token(assertion(changes))).toEqual({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('gives none for a scope that was not delegated, though others were', async () => {
    const scope = ['group.readonly', 'group.member.readonly']
      .map((what) => `https://www.googleapis.com/auth/admin.directory.${what}`)
      .join(' ');
    expect(await token(assertion({ claims: { scope } }))).toEqual({
      status: 401,
      body: { error: 'unauthorized_client' },
    });
  });
});

function signed(query: string, signature: string, changes: Record<string, string> = {}) {
  const headers = {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  };
  return {
    url: new URL(`https://example.amazonaws.com/${query}`),
    method: 'GET',
    headers: new Map(Object.entries({ ...headers, ...changes })),
  };
}

describe('a signature of AWS', () => {
  // Test vectors that AWS publishes for Signature Version 4.
  const signer = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    region: 'us-east-1',
    service: 'service',
  };
  const vectors = [
    ['', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['?Param2=value2&Param1=value1', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
  ] as const;

  test.each(vectors)('is taken where it is good: %j', (query, signature) => {
    expect(verifySignature(signed(query, signature), signer)).toEqual(['host', 'x-amz-date']);
  });

  const [[, good]] = vectors;
  test.each([
    ['another signature', signed('', vectors[1][1]), signer],
    ['another query', signed('?x=1', good), signer],
    ['another host', signed('', good, { host: 'example.amazonaws.com.evil.example' }), signer],
    ['another time', signed('', good, { 'x-amz-date': '20150830T123601Z' }), signer],
    ['another method', { ...signed('', good), method: 'POST' }, signer],
    ['no signature', signed('', good, { authorization: '' }), signer],
    ['another secret', signed('', good), { ...signer, secretAccessKey: 'x' }],
    ['another key', signed('', good), { ...signer, accessKeyId: 'x' }],
    ['another region', signed('', good), { ...signer, region: 'eu-west-1' }],
    ['another service', signed('', good), { ...signer, service: 'sts' }],
  ])('is not with %s', (_, request, by) => {
    expect(verifySignature(request, by)).toBeUndefined();
  });
});
