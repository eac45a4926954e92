import type { AwsCredentials } from '@latchkey/access';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash, createHmac } from 'node:crypto';

const question = { Action: 'GetCallerIdentity', Version: '2011-06-15' };

/**
 * Signs a question that only AWS can answer: who has signed it? Anyone who is given it can send it and believe the answer. It is
 * good for a few minutes.
 *
 * @param about.audience who is to believe it; signed as well, so that it is of no use to anybody else
 * @returns the token that Google's STS takes for it (AIP-4117, "Determining the subject token in AWS")
 */
export async function signCallerIdentity(
  credentials: AwsCredentials,
  { region, audience, now }: { region: string; audience: string; now: number },
): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com`;
  // Google takes no header that it does not know, and a hash of the body is one.
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { method, headers } = await signer.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname,
      path: '/',
      query: question,
      headers: { host: hostname, 'x-goog-cloud-target-resource': audience },
    },
    { signingDate: new Date(now) },
  );
  const url = `https://${hostname}?${new URLSearchParams(question).toString()}`;
  const listed = Object.entries(headers).map(([key, value]) => ({ key, value }));
  return encodeURIComponent(JSON.stringify({ url, method, headers: listed }));
}

type Data = string | ArrayBuffer | ArrayBufferView;

// What signs brings no hash of its own.
class Sha256 {
  readonly #parts: Uint8Array[] = [];
  readonly #secret: Uint8Array | undefined;

  constructor(secret?: Data) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
  }

  update(data: Data): void {
    this.#parts.push(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    const hash = this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
    for (const part of this.#parts) hash.update(part);
    return Promise.resolve(hash.digest());
  }
}

function bytesOf(data: Data): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
