import { awsAudienceHeader, makeAwsToken } from '@latchkey/access';
import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentials, Io } from '../io.ts';
import { Failure } from './failure.ts';

// Long enough for what a command does, and for a clock that is a little behind.
const lastsSeconds = 300;

/**
 * A token by which an application knows the role of AWS that this program works in.
 *
 * @param audience the origin of the application
 * @throws Failure
 */
export async function awsRoleToken(audience: string, io: Io): Promise<string> {
  const region = io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'] ?? '';
  if (!/^[a-z0-9-]+$/.test(region)) {
    throw new Failure('STS is asked in a region of AWS: write it into AWS_REGION, like eu-central-1');
  }
  const credentials = await io.awsCredentials().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new Failure(`there are no credentials of AWS (${why})`, { cause: error });
  });
  if (credentials.sessionToken === undefined) {
    throw new Failure('these credentials of AWS are those of a user, and not of a role');
  }
  return makeAwsToken(presign({ region, audience, credentials, at: new Date() }), audience);
}

type Signing = {
  readonly region: string;
  readonly audience: string;
  readonly credentials: AwsCredentials;
  readonly at: Date;
};

// Signature Version 4 in the query: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
function presign({ region, audience, credentials, at }: Signing): string {
  const host = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const date = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [date.slice(0, 8), region, 'sts', 'aws4_request'];
  const headers = `host;${awsAudienceHeader}`;
  // In the order of the names, as they are signed.
  const query = Object.entries({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': [credentials.accessKeyId, ...scope].join('/'),
    'X-Amz-Date': date,
    'X-Amz-Expires': String(lastsSeconds),
    'X-Amz-Security-Token': credentials.sessionToken ?? '',
    'X-Amz-SignedHeaders': headers,
  })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const signed = [`host:${host}`, `${awsAudienceHeader}:${audience}`, ''];
  const request = ['GET', '/', query, ...signed, headers, sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  return `https://${host}/?${query}&X-Amz-Signature=${hmac(key, text).toString('hex')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
