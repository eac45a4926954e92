import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import type { KeyObject } from 'node:crypto';

/** How certificates are signed with a key, and what they say of it. */
export type SignatureAlgorithm = { readonly identifier: AlgorithmIdentifier; readonly digest: string | null };

const sha256OfRsa = '1.2.840.113549.1.1.11';
const ed25519 = '1.3.101.112';
// RFC 5758, section 3.2.
const ofCurve: Readonly<Record<string, readonly [oid: string, digest: string]>> = {
  prime256v1: ['1.2.840.10045.4.3.2', 'sha256'],
  secp384r1: ['1.2.840.10045.4.3.3', 'sha384'],
  secp521r1: ['1.2.840.10045.4.3.4', 'sha512'],
};

/** The algorithm for a key; undefined for one that signs no certificates. */
export function signatureAlgorithm(key: KeyObject): SignatureAlgorithm | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') {
    // RFC 4055, section 5: the parameters are NULL. The others have none.
    const identifier = new AlgorithmIdentifier({ algorithm: sha256OfRsa, parameters: null });
    return { identifier, digest: 'sha256' };
  }
  if (type === 'ed25519') {
    return { identifier: new AlgorithmIdentifier({ algorithm: ed25519 }), digest: null };
  }
  const known = type === 'ec' ? ofCurve[details?.namedCurve ?? ''] : undefined;
  if (known === undefined) return undefined;
  const [algorithm, digest] = known;
  return { identifier: new AlgorithmIdentifier({ algorithm }), digest };
}
