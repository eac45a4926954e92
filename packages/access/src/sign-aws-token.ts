import { createHash, createHmac } from 'node:crypto';
import { awsAudienceHeader, makeAwsToken } from './aws-token.ts';

/** What is signed with at AWS. */
export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** of those who work in a role */
  readonly sessionToken?: string;
};

type Signing = {
  readonly region: string;
  /** the origin of the application */
  readonly audience: string;
  readonly credentials: AwsCredentials;
  readonly at: Date;
};

// Long enough for what a program does with it, and for a clock that is a little behind.
const lastsSeconds = 300;

/** Makes a token by which the application at this origin knows in which role of AWS a program works. */
export function signAwsToken(signing: Signing): string {
  return makeAwsToken(presign(signing), signing.audience);
}

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
