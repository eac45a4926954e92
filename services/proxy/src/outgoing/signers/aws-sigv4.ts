import { createHash, createHmac } from 'node:crypto';
import type { Hash, Hmac } from 'node:crypto';
import { foldName, isReserved } from '@latchkey/identity';
import type { Route } from '@latchkey/upstreams';
import { keepCredentials } from './aws-credentials.ts';
import type { AwsCredentialProvider } from './aws-credentials.ts';
import type { RequestSigner, SignedParts } from './request-signer.ts';

// What servers in between change, or add to.
const aboutTheWay: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-request-id',
]);

/**
 * Signs requests to services of AWS, by Signature Version 4. Their bodies are no part of that, and all of their headers may be: it
 * has to be the last signature.
 *
 * @param provide where credentials come from; absent: where every SDK of AWS has them from
 */
export function createAwsSigner(provide?: AwsCredentialProvider): RequestSigner {
  let signing: Promise<Sign> | undefined;
  return {
    bodyNeed: ({ awsSigv4 }) => (awsSigv4 === undefined ? undefined : 'none'),
    async sign(parts, headers) {
      try {
        // Only a route that asks for it has these packages loaded.
        signing ??= load(provide);
        return await (
          await signing
        )(parts, headers);
      } catch (error) {
        const detail = `aws_sigv4: ${error instanceof Error ? error.message : 'unknown'}`;
        return { error: 'aws_credentials', detail };
      }
    },
  };
}

type Sign = (parts: SignedParts, headers: readonly string[]) => Promise<string[]>;

async function load(given: AwsCredentialProvider | undefined): Promise<Sign> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const credentials = keepCredentials(given ?? (await providerOfSdk()));

  return async function sign({ request, route, path: target }, headers) {
    const { service = '', region = '' } = route.awsSigv4 ?? {};
    const sent = withoutCallers(headers);
    const [path = '', ...query] = target.split('?');
    const signer = new SignatureV4({ service, region, credentials: await credentials(), sha256: Sha256 });
    const signed = await signer.sign({
      method: request.method,
      protocol: 'https:',
      hostname: '',
      path,
      query: queryOf(query.join('?')),
      headers: { ...signedAmong(sent, route), 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    });
    return [
      ...sent,
      ...Object.entries(signed.headers)
        .filter(([name]) => isOfSignature(name))
        .flat(),
    ];
  };
}

async function providerOfSdk(): Promise<AwsCredentialProvider> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider();
}

/** `Authorization` and `X-Amz-…` in every spelling: there is one signature, and it is ours. */
function isOfSignature(name: string): boolean {
  const folded = foldName(name);
  return (
    folded === 'authorization' ||
    ['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token'].includes(folded)
  );
}

function withoutCallers(headers: readonly string[]): string[] {
  return headers.filter((_, at) => !isOfSignature(headers[at - (at % 2)] ?? ''));
}

/** By name in small letters, the values of one name joined as the specification has it. */
function signedAmong(
  headers: readonly string[],
  { injectRequestHeaders, deviceHeaders }: Route,
): Record<string, string> {
  const injected = new Set(injectRequestHeaders.map(([name]) => foldName(name)));
  const values = new Map<string, string>();
  for (let at = 0; at < headers.length; at += 2) {
    const name = (headers[at] ?? '').toLowerCase();
    const value = headers[at + 1] ?? '';
    const isSigned =
      name === 'host' ||
      name === 'content-type' ||
      injected.has(foldName(name)) ||
      deviceHeaders?.has(name) === true ||
      (isReserved(name) && !aboutTheWay.has(name));
    if (!isSigned) continue;
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

/** Each name with its values, decoded; a `+` is itself. What is no valid encoding stands for itself, too. */
function queryOf(query: string): Record<string, string[]> {
  const found = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [name = '', ...rest] = pair.split('=');
    const key = decoded(name);
    const value = decoded(rest.join('='));
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else values.push(value);
  }
  return Object.fromEntries(found);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** What the signature is made with, of Node in place of JavaScript's own. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: SourceData): void {
    this.hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
