// Google's directory without a key file: the role of a task at AWS signs for the service account. Introspection goes in, groups
// come out, through servers that verify every signature as ECS, AWS, Google's STS and IAM do.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startDevDirectory } from '@latchkey/dev-idp';
import type { DevDirectory, DevWorkload, Fault } from '@latchkey/dev-idp';
import { sessionCookieName, ssoOrigin, startRig } from '../../test/rig.ts';
import type { Rig } from '../../test/rig.ts';
import { parseJsonObject } from '../json.ts';
import { SettingsError } from '../settings-error.ts';
import { workloadSigner } from './workload-identity.ts';

const hour = 3_600_000;
const engineering = 'engineering@example.com';
const engineer = 'engineer@example.com';

let directory: DevDirectory;
let workload: DevWorkload;
let rig: Rig;
// How far the clocks of AWS and Google are from ours.
let theirSkew = 0;
const usualEnvironment = { ...process.env };
beforeAll(async () => {
  directory = await startDevDirectory({
    now: () => rig.clock.now + theirSkew,
    groups: { [engineering]: [engineer] },
  });
  ({ workload } = directory);
  Object.assign(process.env, workload.environment, { AWS_EC2_METADATA_DISABLED: 'true' });
  rig = await startRig({
    env: {
      AWS_REGION: workload.environment['AWS_REGION'] ?? '',
      PROVIDER_G_GOOGLE_WORKLOAD_IDENTITY: workload.configuration,
      PROVIDER_G_GOOGLE_IMPERSONATE: 'admin@example.com',
      PROVIDER_G_GOOGLE_DIRECTORY_URL: directory.url,
      PROVIDER_G_GOOGLE_STS_URL: workload.stsUrl,
      PROVIDER_G_GOOGLE_IAM_URL: workload.iamUrl,
      PROVIDER_G_GOOGLE_ASSERTION_URL: directory.tokenUrl,
    },
  });
});
// What the SDK loads takes a busy machine a while, and is loaded once.
beforeAll(() => import('@aws-sdk/credential-provider-node'));
afterAll(async () => {
  process.env = usualEnvironment;
  await Promise.all([rig.close(), directory.close()]);
});
beforeEach(() => {
  theirSkew = 0;
  directory.requests.token = 0;
  directory.faults = {};
  Object.assign(workload, {
    faults: {},
    requests: { credentials: 0, sts: 0, signJwt: 0 },
    isLetIn: true,
    maySign: true,
  });
  rig.heal();
  // All that was learned in the test before is too old to count.
  rig.clock.now += 5 * hour;
});

async function tokenOf(): Promise<string> {
  const browser = rig.browser();
  await rig.signIn(browser, engineer);
  return browser.cookie(ssoOrigin, sessionCookieName) ?? '';
}

/** The groups that introspection tells of, or the code of its error. */
async function groupsOf(token: string): Promise<unknown> {
  const { body } = await rig.introspect({ token, groups: engineering });
  return body['groups'] ?? body['error'];
}

/** The groups as soon as there is an answer: a caller waits four seconds, and a busy machine may take longer. */
async function answered(token: string): Promise<unknown> {
  let said = await groupsOf(token);
  while (said === 'provider_unavailable') {
    rig.clock.now += 10_000;
    said = await groupsOf(token);
  }
  return said;
}

/** What the log says of why the directory cannot be reached. */
function reasonLogged(): unknown {
  const line = rig.log.find((text) => text.includes('the directory cannot be reached')) ?? '';
  return parseJsonObject(line)?.['detail'];
}

describe('the role of a task', () => {
  test('signs for the service account, once for as long as the access token lives', async () => {
    const token = await tokenOf();
    expect(await answered(token)).toEqual([engineering]);
    // Each signs with the least scope first, which was not delegated here.
    expect({ ...workload.requests, token: directory.requests.token }).toEqual({
      credentials: workload.requests.credentials,
      sts: 2,
      signJwt: 2,
      token: 2,
    });
    rig.clock.now += 0.9 * hour;
    expect(await answered(token)).toEqual([engineering]);
    expect(workload.requests.signJwt).toBe(2);
    rig.clock.now += 0.2 * hour;
    expect(await answered(token)).toEqual([engineering]);
    expect(workload.requests).toMatchObject({ sts: 3, signJwt: 3 });
  });

  test.each<[string, () => void, RegExp]>([
    [
      'is not let in by the condition of the provider',
      () => (workload.isLetIn = false),
      /STS does not take the role of the task \(unauthorized_client\): check the account and the attribute condition/,
    ],
    [
      'proves itself too late, by the clock of AWS',
      () => (theirSkew = hour),
      /\(invalid_grant\): .* and our clock$/,
    ],
    [
      'may not sign for the service account',
      () => (workload.maySign = false),
      /may not sign for the service account \(403\): give it roles\/iam\.serviceAccountTokenCreator/,
    ],
    [
      'finds no such service account',
      () => (workload.faults.signJwt = { answer: { status: 404, body: {} } }),
      /\(404\): .* check that the service account exists$/,
    ],
    [
      'signs for one who is refused',
      () => directory.administrators.clear(),
      /the service account is refused \(invalid_grant\)/,
    ],
  ])('that %s is answered with what to do, and works when that is done', async (_, spoil, reason) => {
    const token = await tokenOf();
    spoil();
    expect(await groupsOf(token)).toBe('provider_unavailable');
    expect(reasonLogged()).toMatch(reason);
    theirSkew = 0;
    Object.assign(workload, { faults: {}, isLetIn: true, maySign: true });
    directory.administrators.add('admin@example.com');
    rig.clock.now += 10_000;
    expect(await answered(token)).toEqual([engineering]);
  });

  test('without its region keeps auth from starting', () => {
    const { providers } = rig.settings;
    const google = providers.find((one) => one.type === 'google')?.directory?.credentials;
    if (google === undefined || !('workload' in google)) throw new Error('not read');
    const { region, ...elsewhere } = google.workload;
    expect(region).toBe('eu-west-1');
    expect(() => workloadSigner(elsewhere, { timeoutMs: 1, now: Date.now })).toThrow(
      new SettingsError([
        'AWS_REGION: not set, and a workload identity needs it, write the AWS region of the task, like eu-west-1 (ECS sets it) [docs/configuration.md#missing]',
      ]),
    );
  });
});

const faults: [string, Fault][] = [
  ['hangs up', { hangUp: true }],
  ['is broken', { answer: { status: 500, body: {} } }],
  ['is asked too much', { answer: { status: 429, body: { error: 'slow_down' } } }],
  ['is shut off by a wall', { answer: { status: 403, body: '<html>blocked' } }],
  ['sends us elsewhere', { answer: { status: 302, body: '', headers: { Location: '/x' } } }],
  ['talks rubbish', { answer: { status: 200, body: '<html>' } }],
  ['says nothing', { answer: { status: 200, body: {} } }],
  ['never ends', { answer: { status: 200, body: 'x'.repeat(600_000) } }],
];
const federated = {
  access_token: 'forged',
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  token_type: 'Bearer',
};

const answers: ['sts' | 'signJwt', string, Fault][] = [
  ...faults.flatMap(([how, fault]): ['sts' | 'signJwt', string, Fault][] => [
    ['sts', how, fault],
    ['signJwt', how, fault],
  ]),
  ...[
    { ...federated, access_token: 'two\r\nX-Lines: 1' },
    { ...federated, access_token: 17 },
    { ...federated, access_token: '' },
    { ...federated, access_token: 'x'.repeat(20_000) },
    { ...federated, token_type: 'mac' },
    { ...federated, issued_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
    // It has the right form: IAM does not know it.
    federated,
  ].map((body): ['sts', string, Fault] => [
    'sts',
    `says ${JSON.stringify(body).slice(0, 130)}`,
    { answer: { status: 200, body } },
  ]),
  ...[17, '', 'one', 'a.b', 'a.b.c.d', 'a.b.c d', 'a.b.\n', 'x'.repeat(20_000)].map(
    (signedJwt): ['signJwt', string, Fault] => [
      'signJwt',
      `says ${JSON.stringify(signedJwt).slice(0, 20)}`,
      { answer: { status: 200, body: { keyId: 'x', signedJwt } } },
    ],
  ),
  // Of the right form, and signed by nobody: the token endpoint does not take it.
  ['signJwt', 'forges', { answer: { status: 200, body: { signedJwt: 'e30.e30.e30' } } }],
];

describe.each(answers)('%s that %s', (endpoint, _, fault) => {
  test('gives no groups, is said to be away, and is asked again', async () => {
    const token = await tokenOf();
    workload.faults[endpoint] = fault;
    expect(await groupsOf(token)).toBe('provider_unavailable');
    workload.faults = {};
    rig.clock.now += 10_000;
    expect(await answered(token)).toEqual([engineering]);
    const log = rig.log.join('');
    for (const secret of [...workload.secrets(), 'eyJ', 'Bearer', 'Credential=', 'forged']) {
      expect(log).not.toContain(secret);
    }
  });
});

// The SDK keeps what it was given until it is nearly over, so these begin with an auth of their own.
test.each<[string, () => void]>([
  ['refuses us', () => (process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] = 'of another task')],
  ['hangs up', () => (workload.faults.credentials = { hangUp: true })],
  ['talks rubbish', () => (workload.faults.credentials = { answer: { status: 200, body: '<html>' } })],
  [
    'says half of it',
    () => (workload.faults.credentials = { answer: { status: 200, body: { AccessKeyId: 'x' } } }),
  ],
  ['is nowhere', () => delete process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI']],
])('a task whose metadata endpoint %s learns that it has no credentials, and no more', async (_, spoil) => {
  const google = rig.settings.providers.find((one) => one.type === 'google')?.directory?.credentials;
  if (google === undefined || !('workload' in google)) throw new Error('not read');
  const signer = workloadSigner(google.workload, { timeoutMs: 60_000, now: () => rig.clock.now });
  spoil();
  await expect(signer.sign({})).rejects.toThrow(
    /^the task has no AWS credentials: give its task definition a task role \(taskRoleArn\)/,
  );
  Object.assign(process.env, workload.environment);
  workload.faults = {};
  const now = Math.floor(rig.clock.now / 1000);
  await expect(signer.sign({ exp: now + 600 })).resolves.toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});
