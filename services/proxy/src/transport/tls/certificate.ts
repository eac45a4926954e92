import type { X509Certificate } from 'node:crypto';

/** The application showed a certificate that was not accepted. */
export class CertificateError extends Error {
  /** @param shown undefined where it could not be looked at */
  constructor(cause: Error, shown: X509Certificate | undefined) {
    super(shown === undefined ? cause.message : `${cause.message}; the application showed ${named(shown)}`, {
      cause,
    });
  }
}

/** The files that a route names for TLS could not be used when they were first read. Without them nothing is sent. */
export class CredentialsError extends Error {
  constructor() {
    super('the files of the route for TLS cannot be used; the log says why where they were read');
  }
}

/** There is no certificate for the one who asks, so nothing is sent in nobody's name. */
export class ClientIdentityError extends Error {}

const longestName = 200;

/** A certificate as a log line names it: whose it is, by whom, and when it holds. */
export function named({ subject, issuer, validFrom, validTo }: X509Certificate): string {
  return `${oneLine(subject)}, issued by ${oneLine(issuer)}, valid from ${validFrom} to ${validTo}`;
}

function oneLine(name: string): string {
  return JSON.stringify(name.replaceAll('\n', ', ').slice(0, longestName));
}

/** Tells whether a connection was not opened because the certificate at its other end was not accepted. */
export function isAboutCertificate(error: Error): boolean {
  return 'code' in error && verificationCodes.has(error.code);
}

/** Tells whether the other end refused because of the certificate that we showed, or did not show. */
export function isAboutOurCertificate(error: Error): boolean {
  return 'code' in error && /^ERR_SSL_\w*ALERT_\w*(?:CERT|UNKNOWN_CA)/.test(String(error.code));
}

// https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what Node itself finds wrong.
const verificationCodes: ReadonlySet<unknown> = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
]);
