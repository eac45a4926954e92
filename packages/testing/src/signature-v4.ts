import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request to AWS, as its server received it. */
export type SignedRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
};

/** Whom AWS knows, for a while. */
export type AwsIdentity = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Verifies Signature Version 4, by making it anew as AWS describes it
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 *
 * @returns the error with which AWS would refuse; undefined where it would not
 */
export function signatureError(
  { method, url, headers, body }: SignedRequest,
  identity: AwsIdentity,
  wanted: { region: string; service: string },
): string | undefined {
  const text = (name: string) => String(headers[name] ?? '');
  const [, key, day = '', region, service, names = '', signature] =
    authorization.exec(text('authorization')) ?? [];
  if (signature === undefined) return 'AccessDenied';
  if (headers['x-amz-security-token'] !== identity.sessionToken) return 'ExpiredToken';
  if (key !== identity.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== wanted.region || service !== wanted.service) return 'AuthorizationHeaderMalformed';
  const signed = names.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-security-token')) return 'SignatureDoesNotMatch';
  const hash = text('x-amz-content-sha256') || sha256(body);
  if (hash !== sha256(body)) return 'XAmzContentSHA256Mismatch';

  const date = text('x-amz-date');
  if (!date.startsWith(day)) return 'SignatureDoesNotMatch';
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).toSorted();
  const canonical = [
    method,
    url.pathname,
    query.join('&'),
    ...signed.map((name) => `${name}:${text(name).trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    hash,
  ].join('\n');
  const scope = [day, wanted.region, wanted.service, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  let made = Buffer.from(`AWS4${identity.secretAccessKey}`);
  for (const part of [...scope, toSign]) made = createHmac('sha256', made).update(part).digest();
  return made.toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
