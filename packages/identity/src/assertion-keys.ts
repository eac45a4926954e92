import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

/** A key of tokens: what verifies them, and what signs them where that is known. */
export type AssertionKey = {
  /** RFC 7638: the thumbprint of the public key, SHA-256 in base64url */
  readonly kid: string;
  /** RFC 7517, as it is published */
  readonly jwk: Readonly<Record<string, string>>;
  /** undefined for a key that is only published */
  readonly privateKey: KeyObject | undefined;
};

/** What is signed with a key: its kind at `latchkey keys`, and the word for many of them. */
type Signed = { readonly kind: 'assertion' | 'access-token'; readonly plural: string };

const assertions: Signed = { kind: 'assertion', plural: 'assertions' };
const accessTokens: Signed = { kind: 'access-token', plural: 'access tokens' };

const fresh = ({ kind }: Signed) =>
  `an EC private key of the curve P-256: \`latchkey keys ${kind}\` makes one`;

type LoadedKeys = readonly AssertionKey[] | { readonly problem: string };

/**
 * Reads the keys of assertions: EC keys of the curve P-256 (ES256: RFC 7518, section 3.4), as PEM or as JWK, several one
 * below the other or in a list or a JWK Set. A public key is published and signs nothing.
 *
 * @param text undefined where there are none
 * @returns the keys in their order, or what is wrong with which and what to write
 */
export function loadAssertionKeys(text: string | undefined): LoadedKeys {
  return loadKeys(text, assertions);
}

/** Reads the keys of access tokens, as above. */
export function loadAccessTokenKeys(text: string | undefined): LoadedKeys {
  return loadKeys(text, accessTokens);
}

function loadKeys(text: string | undefined, signed: Signed): LoadedKeys {
  if (text === undefined) return [];
  const sources = sourcesIn(text.trim(), signed);
  if ('problem' in sources) return sources;
  const keys = new Map<string, AssertionKey>();
  for (const [index, source] of sources.entries()) {
    const key = readKey(source, signed);
    if ('problem' in key) return sources.length === 1 ? key : { problem: `key ${index + 1}: ${key.problem}` };
    if (keys.get(key.kid)?.privateKey === undefined) keys.set(key.kid, key);
  }
  return [...keys.values()];
}

/** The JWK Set (RFC 7517, section 5) that verifies what any of the keys has signed. */
export function jwks(keys: readonly AssertionKey[]): string {
  return `${JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }, undefined, 2)}\n`;
}

type Source = string | JsonWebKey;

function sourcesIn(text: string, signed: Signed): readonly Source[] | { readonly problem: string } {
  if (!/^[{[]/.test(text)) {
    const blocks = text.split(/(?=-----BEGIN )/).filter(isPemKey);
    return blocks.length > 0
      ? blocks
      : { problem: `this is neither PEM text nor a JWK, write ${fresh(signed)}` };
  }
  const parsed = parseJson(text);
  if (parsed === undefined)
    return { problem: `this begins as a JWK and is not JSON, write ${fresh(signed)}` };
  const listed = isObject(parsed) && Array.isArray(parsed['keys']) ? parsed['keys'] : [parsed].flat();
  const sources = listed.filter(isObject);
  return sources.length > 0 ? sources : { problem: `this list has no key, write ${fresh(signed)}` };
}

function readKey(source: Source, signed: Signed): AssertionKey | { readonly problem: string } {
  if (typeof source === 'string' && source.includes('ENCRYPTED')) {
    return {
      problem: `this key is encrypted and there is nobody to ask for its password, write ${fresh(signed)}`,
    };
  }
  if (typeof source !== 'string' && source['alg'] !== undefined && source['alg'] !== 'ES256') {
    return {
      problem: `this key is for ${quoted(source['alg'])} and ${signed.plural} are signed with ES256, write ${fresh(signed)}`,
    };
  }
  const privateKey = readPrivate(source);
  const publicKey = privateKey === undefined ? readPublic(source) : createPublicKey(privateKey);
  if (publicKey === undefined)
    return { problem: `this key cannot be read, write the whole of ${fresh(signed)}` };
  const { asymmetricKeyType: type = 'secret', asymmetricKeyDetails: details } = publicKey;
  if (type !== 'ec')
    return {
      problem: `this is a key of the kind ${type} and ${signed.plural} are signed with ES256, write ${fresh(signed)}`,
    };
  if (details?.namedCurve !== 'prime256v1') {
    return {
      problem: `this key is of the curve ${details?.namedCurve ?? 'unknown'}, write ${fresh(signed)}`,
    };
  }
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  // RFC 7638, section 3.2: these members, in this order, without blanks.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, jwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }, privateKey };
}

// `openssl ecparam -genkey` writes the name of the curve in front of the key.
const isPemKey = (block: string): boolean => /^-----BEGIN [A-Z0-9 ]{0,40}KEY-----/.test(block);

function readPrivate(source: Source): KeyObject | undefined {
  try {
    return typeof source === 'string'
      ? createPrivateKey(source)
      : createPrivateKey({ key: source, format: 'jwk' });
  } catch {
    return undefined; // OpenSSL's own words tell an operator nothing
  }
}

function readPublic(source: Source): KeyObject | undefined {
  try {
    return typeof source === 'string'
      ? createPublicKey(source)
      : createPublicKey({ key: source, format: 'jwk' });
  } catch {
    return undefined; // as above
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Of a JWK this is never a secret member, and yet it may be anything.
function quoted(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 40));
}
