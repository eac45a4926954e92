import { readBytes } from '@latchkey/files';
import { signatureAlgorithm } from '@latchkey/identity';
import type { CertificateAuthority } from '@latchkey/identity';
import { isReadableByAll, openToAll } from '@latchkey/settings';
import type { TlsFileFinding, TlsFileOption, TlsFiles } from '@latchkey/upstreams';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { named } from './certificate.ts';

/** What connections are secured with. */
export type TlsCredentials = {
  readonly secureContext: SecureContext;
  /** changes with the content of the files */
  readonly fingerprint: string;
  /** the certificate that we show */
  readonly own?: X509Certificate;
  /** who issues the certificates that we show in the name of others */
  readonly issuer?: IssuingAuthority;
};

/** An authority, and what a connection needs beside a certificate of it. */
export type IssuingAuthority = CertificateAuthority & {
  /** what leads from its certificates to an authority that the application knows, in PEM */
  readonly chain: string;
  /** the authorities that are accepted for the application, in PEM; undefined: the known ones */
  readonly accepted: readonly string[] | undefined;
};

/** What the files hold, and what is to be said of them. There are no credentials where one of them cannot be used. */
export type TlsFilesRead = {
  readonly credentials: TlsCredentials | undefined;
  readonly findings: readonly TlsFileFinding[];
};

// A bundle of all authorities that browsers know is a quarter of it.
const longestFile = 1024 * 1024;

/** Reads the files that a route names, as far as it names any. */
export function readTlsFiles(files: TlsFiles): TlsFilesRead {
  const findings: TlsFileFinding[] = [];
  function unusable(option: TlsFileOption, message: string): undefined {
    findings.push({ kind: 'unusable', option, message });
  }
  function read(option: TlsFileOption): string | undefined {
    const path = files[option];
    if (path === undefined) return undefined;
    const content = readBytes(path, longestFile);
    if (typeof content === 'string') {
      return unusable(option, `cannot be read (${content}): name a file that this process may read`);
    }
    return Buffer.from(content.bytes).toString('latin1');
  }
  function certificates(option: TlsFileOption, text: string | undefined): X509Certificate[] | undefined {
    if (text === undefined) return undefined;
    try {
      const found = text.match(pemCertificate)?.map((pem) => new X509Certificate(pem));
      return (
        found ??
        unusable(
          option,
          'holds no certificate: write it in PEM, which begins with -----BEGIN CERTIFICATE-----',
        )
      );
    } catch {
      return unusable(option, 'holds a certificate that cannot be read: copy it again, whole, in PEM');
    }
  }

  /** A certificate, the others behind it, and its key. */
  function pair(certOption: TlsFileOption, keyOption: TlsFileOption) {
    const [cert, key] = [read(certOption), read(keyOption)];
    const [own, ...others] = certificates(certOption, cert) ?? [];
    const privateKey = key === undefined ? undefined : privateKeyOf(key);
    if (typeof privateKey === 'string') unusable(keyOption, privateKey);
    else if (privateKey !== undefined && own?.checkPrivateKey(privateKey) === false) {
      unusable(keyOption, `holds the key of another certificate: name the one of \`${certOption}\``);
    }
    if (key !== undefined && isReadableByAll(files[keyOption] ?? '')) {
      findings.push({ kind: 'readable', option: keyOption, message: openToAll });
    }
    return { cert, key, own, others, privateKey: typeof privateKey === 'string' ? undefined : privateKey };
  }

  const ca = read('ca_file');
  const authorities = certificates('ca_file', ca);
  const { cert, key, own } = pair('client_cert_file', 'client_key_file');
  const authority = pair('ca_cert_file', 'ca_key_file');
  findings.push(...aboutAuthority(authority), ...aboutEnd('ca_file', authorities ?? []));
  if (own !== undefined) findings.push(...aboutEnd('client_cert_file', [own]));
  if (findings.some(({ kind }) => kind === 'unusable')) return { credentials: undefined, findings };

  const secureContext = contextOf({ ca: authorities?.map(String), cert, key });
  if (typeof secureContext === 'string') {
    unusable(cert === undefined ? 'ca_file' : 'client_cert_file', secureContext);
    return { credentials: undefined, findings };
  }
  const fingerprint = fingerprintOf([ca, cert, key, authority.cert, authority.key]);
  const issuer = issuerOf(authority, authorities);
  const credentials = { secureContext, fingerprint, ...(own && { own }), ...(issuer && { issuer }) };
  return { credentials, findings };
}

const dayMs = 86_400_000;
const soonMs = 30 * dayMs;

type Authority = {
  readonly own: X509Certificate | undefined;
  readonly others: readonly X509Certificate[];
  readonly privateKey: KeyObject | undefined;
};

function* aboutAuthority({ own, privateKey }: Authority): Iterable<TlsFileFinding> {
  const option = 'ca_cert_file';
  if (own?.ca === false) {
    const message = 'holds the certificate of no authority (CA:TRUE): name one that may issue others';
    yield { kind: 'unusable', option, message };
  }
  const leftMs = own === undefined ? Infinity : own.validToDate.getTime() - Date.now();
  if (own !== undefined && leftMs <= 0) {
    yield { kind: 'unusable', option, message: `holds one that is over: ${named(own)}. Name a new one` };
  } else if (own !== undefined && leftMs < soonMs) {
    const message = `holds one that is over in ${Math.floor(leftMs / dayMs)} days: ${named(own)}. Make a new one`;
    yield { kind: 'ends_soon', option, message };
  }
  if (privateKey !== undefined && signatureAlgorithm(privateKey) === undefined) {
    const message =
      'holds a key that signs no certificates here: name one of P-256, P-384, P-521, Ed25519 or RSA';
    yield { kind: 'unusable', option: 'ca_key_file', message };
  }
}

// Who accepts it all the same is not ours to say, so what is over is used.
function* aboutEnd(
  option: 'ca_file' | 'client_cert_file',
  certificates: readonly X509Certificate[],
): Iterable<TlsFileFinding> {
  const [first] = certificates;
  if (first === undefined || certificates.some(({ validToDate }) => validToDate.getTime() > Date.now()))
    return;
  const what = certificates.length === 1 ? 'one that is over' : 'nothing but what is over';
  yield { kind: 'over', option, message: `holds ${what}: ${named(first)}. Name a new one` };
}

// RFC 8446, section 4.4.2: the application knows its own authority, which need not be sent.
function issuerOf(
  { own, others, privateKey }: Authority,
  authorities: readonly X509Certificate[] | undefined,
): IssuingAuthority | undefined {
  if (own === undefined || privateKey === undefined) return undefined;
  const chain = [own, ...others].filter(({ subject, issuer }) => subject !== issuer).join('');
  return { certificate: own, privateKey, chain, accepted: authorities?.map(String) };
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

// OpenSSL refuses what it takes for too weak, such as an RSA key of 1024 bits, although it can read it.
function contextOf({ ca, cert, key }: SecureContextOptions): SecureContext | string {
  try {
    return createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  } catch (error) {
    const hasReason = typeof error === 'object' && error !== null && 'reason' in error;
    const why = hasReason ? String(error.reason) : 'unknown';
    return `is refused by OpenSSL (${why}): name one that it accepts`;
  }
}

function privateKeyOf(text: string): KeyObject | string {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return 'holds a key with a passphrase: write it without one, as `openssl pkey` does';
  }
  try {
    return createPrivateKey(text);
  } catch {
    return 'holds no private key: write it in PEM, which begins with -----BEGIN PRIVATE KEY-----';
  }
}

function fingerprintOf(texts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url');
}
