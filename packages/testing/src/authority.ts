import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate and its key, in PEM. */
export type Pair = { readonly cert: string; readonly key: string };

type Keys = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const dayMs = 86_400_000;

/** A certificate authority of the test's own, over P-256, which is good for `days` from now on. */
export function makeAuthority({ name = 'test authority', days = 365, isAuthority = true } = {}): Pair & {
  /** a certificate for a server on this machine, or for whom else */
  readonly issue: (name?: string) => Pair;
} {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = new SubjectKeyIdentifier(bytesOf(randomBytes(20)));
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: isAuthority }), true),
    extension(id_ce_subjectKeyIdentifier, keyId),
  ];
  return {
    ...signed({ subject: name, issuer: name, keys: own, signer: own, extensions, days }),
    issue: (subject = 'localhost') =>
      signed({ subject, issuer: name, keys: p256(), signer: own, extensions: forThisMachine(), days }),
  };
}

function p256(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function forThisMachine(): Extension[] {
  const names = [new GeneralName({ dNSName: 'localhost' }), new GeneralName({ iPAddress: '127.0.0.1' })];
  return [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))];
}

function signed(of: {
  subject: string;
  issuer: string;
  keys: Keys;
  signer: Keys;
  extensions: Extension[];
  days: number;
}): Pair {
  const algorithm = new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' });
  const [begin, end] = [
    Math.min(Date.now(), Date.now() + of.days * dayMs) - dayMs,
    Date.now() + of.days * dayMs,
  ];
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: bytesOf(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    signature: algorithm,
    issuer: named(of.issuer),
    validity: new Validity({ notBefore: new Date(begin), notAfter: new Date(end) }),
    subject: named(of.subject),
    subjectPublicKeyInfo: AsnConvert.parse(
      of.keys.publicKey.export({ type: 'spki', format: 'der' }),
      SubjectPublicKeyInfo,
    ),
    extensions: new Extensions(of.extensions),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbs)), of.signer.privateKey);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm,
    signatureValue: bytesOf(signature),
  });
  const base64 = Buffer.from(AsnConvert.serialize(certificate))
    .toString('base64')
    .replaceAll(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64.trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: of.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function named(commonName: string): Name {
  const value = new AttributeValue({ utf8String: commonName });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: '2.5.4.3', value })])]);
}

function extension(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function bytesOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
