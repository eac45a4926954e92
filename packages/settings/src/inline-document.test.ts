import { describe, expect, test } from '@jest/globals';
import { googleServiceAccount, yamlDocument } from './inline-document.ts';
import type { ValueType } from './variable.ts';
import { workloadIdentity } from './workload-identity.ts';

function read<T>(type: ValueType<T>, text: string): T | undefined {
  return type.schema.safeParse(text).data;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const account = {
  client_email: 'sso@project.example.com',
  private_key: '-----BEGIN PRIVATE KEY-----\nx',
  type: 'any',
};
const accountText = JSON.stringify(account);
const accountKey = {
  clientEmail: account.client_email,
  privateKey: account.private_key,
  tokenUrl: new URL('https://oauth2.googleapis.com/token'),
};

describe('a YAML document', () => {
  test.each([
    ['- service: a\n', '- service: a\n'],
    ['[]', '[]'],
    [base64('- service: ä\n'), '- service: ä\n'],
    [
      `${base64('- service: a, the first of many').replace(/.{8}/g, '$&\r\n')}\n`,
      '- service: a, the first of many',
    ],
    ['%%%not base64', '%%%not base64'],
    ['QQ', 'QQ'],
  ])('%j is read as %j', (text, expected) => {
    expect(read(yamlDocument, text)).toBe(expected);
  });

  test('is refused where base64 holds no text', () => {
    expect(read(yamlDocument, '/////w==')).toBeUndefined();
  });
});

describe('a service account', () => {
  test.each([
    ['as it is', accountText],
    ['over several lines', JSON.stringify(account, undefined, 2)],
    ['in base64', base64(accountText)],
  ])('is read %s', (_how, text) => {
    expect(read(googleServiceAccount, text)).toEqual(accountKey);
  });

  test('may name its key and where it becomes a token', () => {
    const named = { ...account, private_key_id: 'k1', token_uri: 'http://127.0.0.1:1/token' };
    expect(read(googleServiceAccount, JSON.stringify(named))).toEqual({
      ...accountKey,
      keyId: 'k1',
      tokenUrl: new URL('http://127.0.0.1:1/token'),
    });
  });

  test.each([
    ['a path', '/sso/credentials.json'],
    ['half of it', accountText.slice(0, 40)],
    ['base64 of something else', base64('hello')],
    ['a list', '[]'],
    ['null', 'null'],
    ['one without an address', JSON.stringify({ ...account, client_email: undefined })],
    ['one without a key', JSON.stringify({ ...account, private_key: undefined })],
    ['one whose key is none', JSON.stringify({ ...account, private_key: 'changeme' })],
    [
      'one whose key would go over the network as it is',
      JSON.stringify({ ...account, token_uri: 'http://example.com' }),
    ],
    ['one whose key is a number', JSON.stringify({ ...account, private_key: 1 })],
  ])('is refused for %s', (_what, text) => {
    expect(read(googleServiceAccount, text)).toBeUndefined();
  });
});

describe('a credential configuration of workload identity federation', () => {
  // As gcloud writes it.
  const configuration = {
    universe_domain: 'googleapis.com',
    type: 'external_account',
    audience:
      '//iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/latchkey/providers/ecs-tasks',
    subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
    token_url: 'https://sts.googleapis.com/v1/token',
    service_account_impersonation_url:
      'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/sso@project.iam.gserviceaccount.com:generateAccessToken',
    credential_source: {
      environment_id: 'aws1',
      url: 'http://169.254.169.254/latest/meta-data/iam/security-credentials',
      regional_cred_verification_url: 'https://evil.example?Action=GetCallerIdentity&Version=2011-06-15',
    },
  };
  const text = JSON.stringify(configuration);

  test.each([text, JSON.stringify(configuration, undefined, 2), base64(text)])(
    'says who may be signed for and by whom, and its addresses are left alone',
    (written) => {
      expect(read(workloadIdentity, written)).toEqual({
        audience: configuration.audience,
        serviceAccount: 'sso@project.iam.gserviceaccount.com',
      });
    },
  );

  const { audience, service_account_impersonation_url: url } = configuration;
  test.each<[object, RegExp]>([
    [{ type: 'service_account' }, /^the JSON that `gcloud iam workload-identity-pools create-cred-config/],
    [{ type: 'impersonated_service_account' }, /^the JSON that `gcloud/],
    [{ subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }, /^a configuration for AWS/],
    [{ audience: `${audience}/../x` }, /^a configuration whose audience is/],
    [
      { audience: audience.replace('iam.googleapis.com', 'evil.example') },
      /^a configuration whose audience is/,
    ],
    [{ token_url: 'https://sts.googleapis.com.evil.example/v1/token' }, /token_url is Google's own.*steal/],
    [{ token_url: 'http://sts.googleapis.com/v1/token' }, /token_url is Google's own/],
    [{ token_url: 'https://sts.googleapis.com@evil.example/v1/token' }, /token_url is Google's own/],
    [{ service_account_impersonation_url: undefined }, /--service-account=/],
    [
      { service_account_impersonation_url: url.replace('.googleapis.com', '.evil.example') },
      /Google's own.*steal/,
    ],
    [{ service_account_impersonation_url: url.replace('sso@', '../x/sso@') }, /Google's own/],
    [{ service_account_impersonation_url: `${url}\n` }, /Google's own/],
    [{ credential_source: { environment_id: 'aws2' } }, /environment_id aws1/],
    [{ credential_source: { executable: { command: '/bin/x' } } }, /environment_id aws1/],
    [{ credential_source: undefined }, /credential_source for AWS/],
  ])('that is none is refused, with what to write: %j', (changes, write) => {
    const { data, error } = workloadIdentity.schema.safeParse(
      JSON.stringify({ ...configuration, ...changes }),
    );
    expect(data).toBeUndefined();
    expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringMatching(write)]);
  });

  test.each(['', 'hello', '[]', '"x"', '/sso/workload.json', 'null'])('is not %j', (written) => {
    expect(read(workloadIdentity, written)).toBeUndefined();
  });
});
