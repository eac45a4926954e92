import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ssoSignedText } from './signed-request.ts';
import type { SignedRequest } from './signed-request.ts';

/** The key that signs requests to every upstream, with what upstreams need to verify them. */
export type RsaSigner = {
  /** the SHA-256 of `publicKey` in hexadecimal, its last line feed included */
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** PKCS#1 PEM (RFC 8017, A.1.1; RFC 7468) */
  readonly publicKey: string;
};

const fresh = '`latchkey keys signing` makes one';
const convert = 'convert it with `openssl pkcs8 -topk8 -nocrypt -in old.pem -out new.pem`';

const problems: Readonly<Record<string, string>> = {
  'RSA PRIVATE KEY': `this is a PKCS#1 key and PKCS#8 is wanted, ${convert}`,
  'ENCRYPTED PRIVATE KEY': `this key is encrypted and there is nobody to ask for its password, ${convert}`,
  'EC PRIVATE KEY': `this is an EC key, write an RSA key: ${fresh}`,
};

/**
 * Reads the private key for `Sso-Signature`: RSA, in PKCS#8 PEM (RFC 5958), not encrypted.
 *
 * @returns the signer, or what is wrong with the key and what to write
 */
export function loadRsaSigner(pem: string): RsaSigner | { readonly problem: string } {
  const kind = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1];
  if (kind === undefined) {
    return { problem: `this is no PEM text, write an RSA private key in PKCS#8 PEM: ${fresh}` };
  }
  if (kind !== 'PRIVATE KEY') {
    return { problem: problems[kind] ?? `this is a PEM of "${kind}", write an RSA private key: ${fresh}` };
  }
  const privateKey = readPrivateKey(pem);
  if (privateKey === undefined) {
    return { problem: 'this private key cannot be read, write the whole PEM text with its line breaks' };
  }
  if (privateKey.asymmetricKeyType !== 'rsa') {
    return { problem: `this is no plain RSA key, write an RSA key: ${fresh}` };
  }
  const publicKey = createPublicKey(privateKey).export({ type: 'pkcs1', format: 'pem' }).toString();
  return { kid: createHash('sha256').update(publicKey).digest('hex'), privateKey, publicKey };
}

/**
 * Reads one key, or several one below the other. A file of BuzzFeed SSO may have anything behind its key, so that after the
 * first only private keys are read.
 *
 * @returns the signers in this order, or what is wrong with which
 */
export function loadRsaSigners(pem: string): readonly RsaSigner[] | { readonly problem: string } {
  const [first = '', ...others] = pem.split(/(?=-----BEGIN [A-Z0-9 ]{1,40}-----)/).filter(isPemBlock);
  const signers: RsaSigner[] = [];
  for (const [index, block] of [first, ...others.filter(isPrivateKey)].entries()) {
    const signer = loadRsaSigner(block);
    if ('problem' in signer) return index === 0 ? signer : { problem: `key ${index + 1}: ${signer.problem}` };
    signers.push(signer);
  }
  return signers;
}

/**
 * The values of `Sso-Signature` (RSASSA-PKCS1-v1_5 with SHA-256, base64url with padding) and of `kid`.
 *
 * It covers neither method nor host, no line says which header it holds, and nothing makes it expire: upstreams must not
 * take it for more than the word of the proxy that it once forwarded this text.
 */
export function ssoSignature(
  signer: RsaSigner,
  request: SignedRequest,
): { readonly signature: string; readonly kid: string } {
  const base64 = sign('sha256', ssoSignedText(request), signer.privateKey).toString('base64');
  return { signature: base64.replaceAll('+', '-').replaceAll('/', '_'), kid: signer.kid };
}

/** The body of `/oauth2/v1/certs`: a JSON object from `kid` to public key, indented by two, without a last line feed. */
export function certs(signers: readonly RsaSigner[]): string {
  return JSON.stringify(
    Object.fromEntries(signers.map(({ kid, publicKey }) => [kid, publicKey])),
    undefined,
    2,
  );
}

const isPemBlock = (text: string): boolean => text.startsWith('-----BEGIN ');
const isPrivateKey = (block: string): boolean => /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/.test(block);

function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // OpenSSL's own words tell an operator nothing
  }
}
