import { randomBytes, sign, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../behaviour.ts';
import { readBody, readForm } from '../form-body.ts';
import { misbehave } from '../misbehave.ts';
import { verifySignature } from './signature-v4.ts';

export type WorkloadEndpoint = 'credentials' | 'sts' | 'signJwt';

/** A task at AWS, and as much of Google as it needs to sign for a service account (workload identity federation). */
export type DevWorkload = {
  /** The text of the credential configuration, as gcloud writes it. */
  configuration: string;
  /** What ECS puts into the environment of the task. */
  environment: Record<string, string>;
  stsUrl: string;
  iamUrl: string;
  /** What goes wrong at an endpoint. */
  faults: Partial<Record<WorkloadEndpoint, Fault>>;
  requests: Record<WorkloadEndpoint, number>;
  /** Whether the pool's provider lets the role in, and whether the role may sign for the service account. */
  isLetIn: boolean;
  maySign: boolean;
  /** Everything that must appear nowhere. */
  secrets(): string[];
  /** @returns whether the request was for one of its endpoints */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
};

const audience =
  '//iam.googleapis.com/projects/1234/locations/global/workloadIdentityPools/latchkey/providers/ecs-tasks';
const region = 'eu-west-1';
const stsHost = `sts.${region}.amazonaws.com`;
const question = `https://${stsHost}/?Action=GetCallerIdentity&Version=2011-06-15`;
const skewMs = 5 * 60_000;
const mostSeconds = 12 * 3600;
const scopes = new Set(['iam', 'cloud-platform'].map((what) => `https://www.googleapis.com/auth/${what}`));

/** The endpoints of ECS, of Google's STS and of IAM, each as strict as the real one. */
export function createDevWorkload(options: {
  origin: string;
  clientEmail: string;
  privateKey: KeyObject;
  keyId: string;
  now: () => number;
  signal: AbortSignal;
}): DevWorkload {
  const { origin, clientEmail, privateKey, keyId, now, signal } = options;
  const accessKeyId = randomBytes(10).toString('hex');
  const secretAccessKey = randomBytes(20).toString('hex');
  const sessionToken = randomBytes(200).toString('hex');
  const ecsToken = randomBytes(16).toString('hex');
  const federated = new Set<string>();

  const workload: DevWorkload = {
    configuration: JSON.stringify({
      universe_domain: 'googleapis.com',
      type: 'external_account',
      audience,
      subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${clientEmail}:generateAccessToken`,
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: {
        environment_id: 'aws1',
        region_url: 'http://169.254.169.254/latest/meta-data/placement/availability-zone',
        url: 'http://169.254.169.254/latest/meta-data/iam/security-credentials',
        regional_cred_verification_url:
          'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
      },
    }),
    environment: {
      AWS_REGION: region,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/ecs/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: ecsToken,
    },
    stsUrl: `${origin}/sts/v1/token`,
    iamUrl: `${origin}/iam/v1`,
    faults: {},
    requests: { credentials: 0, sts: 0, signJwt: 0 },
    isLetIn: true,
    maySign: true,
    secrets: () => [secretAccessKey, sessionToken, ecsToken, ...federated],
    async answer(request, response) {
      const handler = handlers[`${request.method} ${request.url}`];
      if (handler === undefined) return false;
      workload.requests[handler.endpoint] += 1;
      if (await misbehave(workload.faults[handler.endpoint], response, signal)) return true;
      const { status, body } = await handler.answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return true;
    },
  };

  type Given = { status: number; body: object };
  const handlers: Record<
    string,
    { endpoint: WorkloadEndpoint; answer: (request: IncomingMessage) => Given | Promise<Given> }
  > = {
    'GET /ecs/credentials': { endpoint: 'credentials', answer: giveCredentials },
    'POST /sts/v1/token': { endpoint: 'sts', answer: exchange },
    [`POST /iam/v1/projects/-/serviceAccounts/${encodeURIComponent(clientEmail)}:signJwt`]: {
      endpoint: 'signJwt',
      answer: signJwt,
    },
  };
  return workload;

  function giveCredentials(request: IncomingMessage): Given {
    if (request.headers.authorization !== ecsToken) return { status: 401, body: { code: 'AccessDenied' } };
    const Expiration = new Date(Date.now() + 6 * 3_600_000).toISOString();
    const keys = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken };
    return { status: 200, body: { ...keys, Expiration, RoleArn: 'arn:aws:iam::123456789012:role/sso-auth' } };
  }

  async function exchange(request: IncomingMessage): Promise<Given> {
    const form = await readForm(request);
    const isExchange =
      form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:token-exchange' &&
      form.get('requested_token_type') === 'urn:ietf:params:oauth:token-type:access_token' &&
      form.get('subject_token_type') === 'urn:ietf:params:aws:token-type:aws4_request' &&
      scopes.has(form.get('scope') ?? '');
    if (!isExchange) return { status: 400, body: { error: 'invalid_request' } };
    if (form.get('audience') !== audience) return { status: 400, body: { error: 'invalid_target' } };
    if (!isTask(form.get('subject_token') ?? '')) return { status: 400, body: { error: 'invalid_grant' } };
    if (!workload.isLetIn) return { status: 403, body: { error: 'unauthorized_client' } };
    const token = `ya29.d.${randomBytes(24).toString('base64url')}`;
    federated.add(token);
    return {
      status: 200,
      body: {
        access_token: token,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 3599,
      },
    };
  }

  // In the place of AWS, which Google asks.
  function isTask(subjectToken: string): boolean {
    const described: { url: string; method: string; headers: { key: string; value: string }[] } = JSON.parse(
      decodeURIComponent(subjectToken),
    );
    const { method, headers: listed } = described;
    const url = new URL(described.url);
    const headers = new Map(listed.map(({ key, value }) => [key.toLowerCase(), value]));
    const signer = { accessKeyId, secretAccessKey, region, service: 'sts' };
    const signedNames = verifySignature({ url, method, headers }, signer);
    return (
      url.href === question &&
      headers.size === listed.length &&
      [...headers.keys()].toSorted().join() === ['authorization', ...(signedNames ?? [])].toSorted().join() &&
      headers.get('host') === stsHost &&
      headers.get('x-goog-cloud-target-resource') === audience &&
      headers.get('x-amz-security-token') === sessionToken &&
      Math.abs(timeOf(headers.get('x-amz-date') ?? '') - now()) < skewMs
    );
  }

  async function signJwt(request: IncomingMessage): Promise<Given> {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!federated.has(given)) return refusal(401, 'UNAUTHENTICATED');
    if (!workload.maySign) return refusal(403, 'PERMISSION_DENIED');
    const { payload }: { payload: string } = JSON.parse(await readBody(request));
    const claims: { exp?: number } = JSON.parse(payload);
    const seconds = now() / 1000;
    if (claims.exp !== undefined && (claims.exp < seconds || claims.exp > seconds + mostSeconds)) {
      return refusal(400, 'INVALID_ARGUMENT');
    }
    const toSign = [{ alg: 'RS256', kid: keyId, typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = sign('sha256', Buffer.from(toSign), privateKey).toString('base64url');
    return { status: 200, body: { keyId, signedJwt: `${toSign}.${signature}` } };
  }
}

function refusal(code: number, status: string) {
  return { status: code, body: { error: { code, status, message: status } } };
}

// 20200228T225005Z
function timeOf(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
