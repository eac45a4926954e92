import type { AwsCredentials } from '@latchkey/access';
import type { Answer } from '@latchkey/http';
import { tracedCall } from '@latchkey/telemetry';
import type { WorkloadIdentity } from '@latchkey/settings';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { parseJsonObject } from '../json.ts';
import { SettingsError } from '../settings-error.ts';
import { within } from '../within.ts';
import { NoToken } from './service-account-signer.ts';
import type { ServiceAccountSigner } from './service-account-signer.ts';
import { signCallerIdentity } from './caller-identity.ts';

// Google's tokens are longer than others', and yet they are one header of a request.
const token = z.string().regex(/^[\x21-\x7e]{1,8192}$/);

// RFC 8693, section 2.2.1.
const exchanged = z.object({
  access_token: token,
  issued_token_type: z.literal('urn:ietf:params:oauth:token-type:access_token'),
  token_type: z.string().regex(/^bearer$/i),
});

const signed = z.object({ signedJwt: token.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/) });

/**
 * Signs for a service account without having its key: the role of the task at AWS proves itself to Google's STS, and what that
 * gives may have the service account sign.
 *
 * @throws SettingsError where the region of the task is not known
 */
export function workloadSigner(
  { audience, serviceAccount, region, stsUrl, iamUrl, tokenUrl }: WorkloadIdentity,
  { timeoutMs, now }: { timeoutMs: number; now: () => number },
): ServiceAccountSigner {
  if (region === undefined) {
    const message =
      'not set, and a workload identity needs it, write the AWS region of the task, like eu-west-1 (ECS sets it)';
    throw SettingsError.of({ variable: 'AWS_REGION', code: 'missing', message });
  }
  const findCredentials = taskCredentials(timeoutMs);
  const signUrl = new URL(
    `${iamUrl.href.replace(/\/+$/, '')}/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:signJwt`,
  );

  return {
    clientEmail: serviceAccount,
    tokenUrl,
    async sign(claims) {
      const credentials = await within(timeoutMs, findCredentials(), noCredentials).catch(
        (error: unknown) => {
          throw noCredentials(error);
        },
      );
      const proof = await signCallerIdentity(credentials, { region, audience, now: now() });
      return signWith(await exchange(proof), claims);
    },
  };

  // RFC 8693, section 2.1. Of the two scopes that `signJwt` takes this is the smaller one.
  async function exchange(proof: string): Promise<string> {
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience,
      scope: 'https://www.googleapis.com/auth/iam',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
      subject_token: proof,
    };
    const answer = await tracedCall({
      url: stsUrl,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      timeoutMs,
    });
    const given = answer.status === 200 ? exchanged.safeParse(parseJsonObject(answer.body)).data : undefined;
    if (given === undefined) throw noFederatedToken(answer);
    return given.access_token;
  }

  async function signWith(federated: string, claims: JWTPayload): Promise<string> {
    const answer = await tracedCall({
      url: signUrl,
      method: 'POST',
      headers: {
        authorization: `Bearer ${federated}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify({ payload: JSON.stringify(claims) }),
      timeoutMs,
    });
    const given = answer.status === 200 ? signed.safeParse(parseJsonObject(answer.body)).data : undefined;
    if (given === undefined) throw noSignature(answer);
    return given.signedJwt;
  }
}

// As every AWS SDK finds them, and not through an outgoing proxy: they are on this host. All that is loaded for it is of no use
// to those who have a key file. It tries once, because the caller comes back.
function taskCredentials(timeoutMs: number): () => Promise<AwsCredentials> {
  let find: Promise<() => Promise<AwsCredentials>> | undefined;
  return async () => {
    find ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider({ timeout: timeoutMs, maxRetries: 0 }),
    );
    return (await find)();
  };
}

// The words of the SDK hold addresses and names of files, and none of what they mean here.
function noCredentials(cause?: unknown): NoToken {
  return new NoToken(
    'the task has no AWS credentials: give its task definition a task role (taskRoleArn), whose credentials ECS offers at AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    { refused: false, cause },
  );
}

function noFederatedToken({ status, body }: Answer): NoToken {
  const error = parseJsonObject(body)?.['error'];
  // RFC 6749, section 5.2: a word of a small alphabet; anything else in its place stays out of the log.
  if (
    status >= 400 &&
    status < 500 &&
    status !== 429 &&
    typeof error === 'string' &&
    /^[a-z_]{1,40}$/.test(error)
  ) {
    return new NoToken(
      `Google's STS does not take the role of the task (${error}): check the account and the attribute condition of the workload identity pool's provider, that GOOGLE_WORKLOAD_IDENTITY is of this provider, AWS_REGION, and our clock`,
      { refused: true },
    );
  }
  return new NoToken(`Google's STS gave no token for the role of the task, status ${status}`, {
    refused: false,
  });
}

function noSignature({ status }: Answer): NoToken {
  if (status === 401 || status === 403 || status === 404) {
    return new NoToken(
      `the role of the task may not sign for the service account (${status}): give it roles/iam.serviceAccountTokenCreator there, enable the IAM Service Account Credentials API, and check that the service account exists`,
      { refused: true },
    );
  }
  return new NoToken(`the service account's assertion was not signed, status ${status}`, { refused: false });
}
