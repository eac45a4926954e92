import { createPublicKey } from 'node:crypto';

const example = '`{"keys": [{"kty": …}]}`';

/** Why a text is no JWK Set (RFC 7517) that tokens can be checked by, and what to write; undefined where it is one. */
export function flawOfKeySet(text: string): string | undefined {
  const set = jsonOf(text);
  if (/^\s*-----BEGIN /.test(text))
    return `holds PEM, and not a JWK Set: write the public keys as ${example}`;
  if (set === undefined) return `is no JSON: write a JWK Set, ${example}`;
  const keys = memberOf(set, 'keys');
  if (!Array.isArray(keys)) {
    const found = memberOf(set, 'kty') === undefined ? 'has no list of `keys`' : 'is one key, and not a list';
    return `${found}: write a JWK Set, ${example}`;
  }
  if (keys.length === 0) return `has no key in \`keys\`: write a JWK Set, ${example}`;
  // One of these, and none of the others counts: there is no key set to be made of them.
  if (!keys.every(isObject)) {
    return 'has an entry in `keys` that is no key: copy it again, whole, from where the issuer publishes its keys';
  }
  if (keys.some((key) => memberOf(key, 'd') !== undefined)) {
    return 'holds a private key, which nobody but the issuer may have: write the public ones, without `d`';
  }
  return keys.some(isPublicKey)
    ? undefined
    : 'has no public key that can be read: copy it again, whole, from where the issuer publishes its keys';
}

function jsonOf(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  const entry = isObject(value) ? Object.entries(value) : [];
  return entry.find(([key]) => key === name)?.[1];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPublicKey(key: object): boolean {
  try {
    createPublicKey({ key: { ...key }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
