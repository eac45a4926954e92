import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A signed request as it is handed on: not sent, but described. */
export type SignedRequest = { url: URL; method: string; headers: ReadonlyMap<string, string> };

/** Who is known to AWS, and what the signature is for. */
export type Signer = { accessKeyId: string; secretAccessKey: string; region: string; service: string };

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

/**
 * Verifies Signature Version 4 of a request without a body, by making it anew, step by step as AWS describes it.
 *
 * @returns the names of the headers that were signed; undefined where the signature is not of this signer
 */
export function verifySignature(
  { url, method, headers }: SignedRequest,
  { accessKeyId, secretAccessKey, region, service }: Signer,
): readonly string[] | undefined {
  const [, key, day = '', forRegion, forService, names = '', signature = ''] =
    authorization.exec(headers.get('authorization') ?? '') ?? [];
  if (key !== accessKeyId || forRegion !== region || forService !== service) return undefined;
  const date = headers.get('x-amz-date') ?? '';
  const signedNames = names.split(';');
  if (!date.startsWith(day) || signedNames.join(';') !== [...signedNames].toSorted().join(';'))
    return undefined;

  const query = [...url.searchParams].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const canonical = [
    method,
    url.pathname,
    query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'),
    ...signedNames.map((name) => `${name}:${(headers.get(name) ?? '').trim()}`),
    '',
    names,
    sha256(''),
  ].join('\n');
  const scope = [day, region, service, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  const signing = scope.reduce<Buffer>(
    (made, part) => hmac(made, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  const isGood = timingSafeEqual(hmac(signing, toSign), Buffer.from(signature, 'hex'));
  return isGood ? signedNames : undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
