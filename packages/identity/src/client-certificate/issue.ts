import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  KeyUsage,
  KeyUsageFlags,
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
import type { KeyObject, X509Certificate } from 'node:crypto';
import { signatureAlgorithm } from './signature.ts';
import type { Subject } from './subject.ts';

/** Who issues certificates: its own certificate and the key of that. */
export type CertificateAuthority = { readonly certificate: X509Certificate; readonly privateKey: KeyObject };

/** Whom a certificate is for. */
export type Certified = { readonly subject: Subject; readonly sanUri?: string };

/** A certificate and its key, in PEM, and until when it is good, in milliseconds since the epoch. */
export type ClientCertificate = { readonly cert: string; readonly key: string; readonly until: number };

/** Clocks differ: a certificate is good from a moment ago. */
const skewMs = 60_000;
const serialBytes = 16;

/**
 * Issues a certificate with which somebody is known to an application over TLS (RFC 5280), for a fresh key and for nothing
 * else than that.
 *
 * @param now milliseconds since the epoch
 */
export function issueClientCertificate(
  authority: CertificateAuthority,
  { subject, sanUri }: Certified,
  { now, lifetimeMs }: { now: number; lifetimeMs: number },
): ClientCertificate {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = AsnConvert.parse(authority.certificate.raw, Certificate).tbsCertificate;
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  // No longer than the authority itself: what is signed beyond that is refused by those who look.
  const end = Math.min(now + lifetimeMs, authority.certificate.validToDate.getTime());
  const until = end - (end % 1000);
  const signature = signatureAlgorithm(authority.privateKey);
  if (signature === undefined) throw new Error('certificates cannot be signed with this kind of key');
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: signature.identifier,
    issuer: issuer.subject,
    validity: new Validity({ notBefore: new Date(now - skewMs), notAfter: new Date(until) }),
    subject: nameOf(subject),
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(sanUri, issuer)),
  });
  const signed = AsnConvert.serialize(tbs);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: signature.identifier,
    signatureValue: bytesOf(sign(signature.digest, Buffer.from(signed), authority.privateKey)),
  });
  return {
    cert: pem(AsnConvert.serialize(certificate)),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    until,
  };
}

// RFC 5280, section 4.1.2.2: positive, and 20 octets at most.
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(serialBytes + 1);
  bytes[0] = 1;
  return bytesOf(bytes);
}

// As it is written, so that `CN=ann,O=corp` reads so in the tools that show it (RFC 4514, section 2.1: the last one first).
function nameOf(subject: Subject): Name {
  return new Name(
    subject.toReversed().map(({ oid, value }) => {
      const attribute = new AttributeTypeAndValue({
        type: oid,
        value: new AttributeValue({ utf8String: value }),
      });
      return new RelativeDistinguishedName([attribute]);
    }),
  );
}

function extensionsOf(sanUri: string | undefined, issuer: TBSCertificate): Extension[] {
  const keyId = issuer.extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier)?.extnValue;
  const usage = new KeyUsage(KeyUsageFlags.digitalSignature);
  return [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_ce_keyUsage, usage, true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_clientAuth]), false),
    ...(keyId === undefined
      ? []
      : [
          extension(
            id_ce_authorityKeyIdentifier,
            new AuthorityKeyIdentifier({ keyIdentifier: AsnConvert.parse(keyId, SubjectKeyIdentifier) }),
            false,
          ),
        ]),
    ...(sanUri === undefined
      ? []
      : [
          extension(
            id_ce_subjectAltName,
            new SubjectAlternativeName([new GeneralName({ uniformResourceIdentifier: sanUri })]),
            false,
          ),
        ]),
  ];
}

function extension(extnID: string, value: unknown, critical: boolean): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function pem(der: ArrayBuffer): string {
  const lines = Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function bytesOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
