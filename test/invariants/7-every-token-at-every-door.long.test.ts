// Invariant 7: each kind of token opens the door that it is for, and no other (CVE-2024-47616).
import { SignJWT } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { hashOfToken, makeServiceToken } from '@latchkey/access';
import {
  authorizationServerPaths as paths,
  clientCredentialsGrantType,
  commandLineClient,
  deviceGrantType,
  tokenExchangeGrantType,
  tokenPath,
} from '@latchkey/contract';
import { Browser } from '@latchkey/testing/browser';
import { signingKey } from '../fixtures/issuer.ts';
import { approvedCode, askAsProgram, loginAsProgram, newTokenKey } from '../fixtures/program.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { defaultUpstreams } from '../fixtures/stack.ts';
import { awsToken, startSts } from '../fixtures/sts.ts';
import { useStack } from '../fixtures/use-stack.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const serviceToken = makeServiceToken('bot');
const sts = await startSts();
const ci = 'https://ci.example.com';
const signer = await signingKey('one');
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-test-'));
const keysOfCi = path.join(folder, 'keys.json');
writeFileSync(keysOfCi, JSON.stringify({ keys: [signer.jwk] }));
afterAll(() => {
  sts.close();
  rmSync(folder, { recursive: true });
});

const the = useStack({
  proxyEnv: {
    AWS_ENDPOINT_URL_STS: sts.url,
    ASSERTION_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  },
  authEnv: { ACCESS_TOKEN_KEY: newTokenKey() },
  upstreams: `
issuers: [{issuer: ${ci}, audiences: [latchkey], jwks_file: ${keysOfCi}}]
service_accounts:
- {name: bot, secret_hashes: [{hash: '${hashOfToken(serviceToken)}'}]}
- {name: app2, aws_role: 'arn:aws:iam::111122223333:role/app2'}
- {name: ci, issuer: ${ci}, claims: {sub: 'repo:corp/app'}}
services:${defaultUpstreams}
- service: api
  default: {from: api.latchkey.localhost, to: '{{app}}', options: {allowed_email_domains: [example.com], allowed_clients: [bot, app2, ci], bearer: true}}
`,
});

const withSecret = () => ({ authorization: `Basic ${btoa(`proxy:${the.stack.serviceSecret}`)}` });

async function oneOfEach() {
  const { stack } = the;
  const api = stack.url('api');
  const browser = await the.signedIn();
  await browser.fetch(stack.url('wiki'));
  const [received = { rawHeaders: [] }] = stack.app.received;
  const [assertion = ''] = valuesOf(received, 'X-Latchkey-Jwt-Assertion');
  const tokens = await loginAsProgram(stack, browser, api);
  const shown = await approvedCode(stack, browser, api);
  const device = await new Browser().fetch(stack.authUrl(paths.deviceAuthorization), {
    form: { client_id: commandLineClient, resource: api },
  });
  const waiting: { device_code: string; user_code: string } = JSON.parse(device.body);
  const ofIssuer = await new SignJWT({ iss: ci, aud: 'latchkey', sub: 'repo:corp/app' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setExpirationTime('5m')
    .sign(signer.privateKey);
  const question = await browser.visit(stack.authUrl(`${paths.device}?user_code=${waiting.user_code}`));
  return {
    shown,
    kinds: {
      'session cookie': browser.cookie(stack.url('hello'), '_sso_proxy') ?? '',
      'access token': tokens.access_token,
      'refresh token': tokens.refresh_token,
      assertion,
      'token of an issuer': ofIssuer,
      'workload token': (await exchange(ofIssuer)).access_token ?? '',
      'token for a secret': (await showSecret(serviceToken)).access_token ?? '',
      'program code': shown.code,
      'device code': waiting.device_code,
      'user code': waiting.user_code,
      approval: /name="approval" value="([^"]*)"/.exec(question.body)?.[1] ?? '',
      'service token': serviceToken,
      'role of AWS': awsToken(
        sts.assume('arn:aws:sts::111122223333:assumed-role/app2/one'),
        new URL(api).origin,
      ),
      'client secret': stack.serviceSecret,
      'client credentials': btoa(`proxy:${stack.serviceSecret}`),
    },
  };
}

const exchange = (subject_token: string) =>
  askApplication({
    grant_type: tokenExchangeGrantType,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token,
  });
const showSecret = (client_secret: string) =>
  askApplication({ grant_type: clientCredentialsGrantType, client_id: 'bot', client_secret });

async function askApplication(form: Record<string, string>): Promise<{ access_token?: string }> {
  return JSON.parse((await new Browser().fetch(the.stack.url('api', tokenPath), { form })).body);
}

describe('every kind of token at every door', () => {
  test('opens the one that it is for', async () => {
    const { kinds, shown } = await oneOfEach();
    const { stack } = the;
    const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
      new Browser().fetch(stack.authUrl(path), { form, headers: { accept: 'application/json', ...headers } });
    const isGranted = async (form: Record<string, string>) =>
      (await askAsProgram(stack, form)).error !== 'invalid_grant';
    const doors: Record<string, (token: string) => Promise<boolean>> = {
      'cookie of the proxy': async (token) =>
        (await the.browser().fetch(stack.url('hello'), { headers: { cookie: `_sso_proxy=${token}` } }))
          .status === 200,
      'cookie of auth': async (token) =>
        (
          await the.browser().visit(stack.authUrl('/account'), { headers: { cookie: `_sso_proxy=${token}` } })
        ).body.includes('Your sessions'),
      bearer: async (token) =>
        (await the.browser().fetch(stack.url('api'), { headers: { authorization: `Bearer ${token}` } }))
          .status === 200,
      introspection: async (token) =>
        (await post('/oauth2/introspect', { token }, withSecret())).body.includes('"active":true'),
      'who may introspect': async (token) =>
        (await post('/oauth2/introspect', { token: 'x' }, { authorization: `Basic ${token}` })).status ===
        200,
      'token exchange': async (token) => (await exchange(token)).access_token !== undefined,
      'secret of an account': async (token) => (await showSecret(token)).access_token !== undefined,
      'refresh token': (refresh_token) => isGranted({ grant_type: 'refresh_token', refresh_token }),
      'program code': (code) => isGranted({ ...shown, grant_type: 'authorization_code', code }),
      'device code': (device_code) => isGranted({ grant_type: deviceGrantType, device_code }),
      'code of the proxy': async (code) =>
        (await post('/oauth2/token', { ...shown, grant_type: 'authorization_code', code }, withSecret()))
          .status === 200,
      approval: async (approval) => {
        const browser = await the.signedIn('admin@example.com');
        const form = { approval, decision: 'approve' };
        const headers = { 'sec-fetch-site': 'same-origin' };
        return (await browser.visit(stack.authUrl(paths.approve), { form, headers })).status === 200;
      },
    };
    const opened: string[] = [];
    for (const [door, opens] of Object.entries(doors)) {
      for (const [kind, token] of Object.entries(kinds)) {
        expect(token).not.toBe('');
        if (await opens(token)) opened.push(`${kind} -> ${door}`);
      }
    }
    expect(opened).toEqual([
      'session cookie -> cookie of the proxy',
      'session cookie -> cookie of auth',
      'access token -> bearer',
      'token of an issuer -> bearer',
      'workload token -> bearer',
      'token for a secret -> bearer',
      'service token -> bearer',
      'role of AWS -> bearer',
      'session cookie -> introspection',
      'access token -> introspection',
      'client credentials -> who may introspect',
      'token of an issuer -> token exchange',
      'service token -> secret of an account',
      'refresh token -> refresh token',
      'program code -> program code',
      'device code -> device code',
    ]);
  });

  test('and what is given back by another kind ends nothing', async () => {
    const { kinds } = await oneOfEach();
    const { 'access token': token, 'refresh token': _, ...others } = kinds;
    for (const other of Object.values(others)) await askAsProgram(the.stack, { token: other }, paths.revoke);
    const headers = { authorization: `Bearer ${token}` };
    expect((await the.browser().fetch(the.stack.url('api'), { headers })).status).toBe(200);
  });
});
