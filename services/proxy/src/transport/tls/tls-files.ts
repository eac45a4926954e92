import { isOpenToAll, openToAll } from '@latchkey/settings';
import type { TlsFileFinding, TlsFileOption, TlsFiles } from '@latchkey/upstreams';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { readBytes } from '../../files/read-bytes.ts';

/** What connections are secured with. */
export type Credentials = {
  readonly secureContext: SecureContext;
  /** of what the files hold, so that two that are not the same are told apart */
  readonly fingerprint: string;
  /** the certificate that we show */
  readonly own?: X509Certificate;
};

/** What the files hold, and what is to be said of them. There are no credentials where one of them cannot be used. */
export type TlsFilesRead = {
  readonly credentials: Credentials | undefined;
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

  const [ca, cert, key] = (['ca_file', 'client_cert_file', 'client_key_file'] as const).map(read);
  const authorities = certificates('ca_file', ca);
  const [own] = certificates('client_cert_file', cert) ?? [];
  const privateKey = key === undefined ? undefined : privateKeyOf(key);
  if (typeof privateKey === 'string') unusable('client_key_file', privateKey);
  else if (privateKey !== undefined && own?.checkPrivateKey(privateKey) === false) {
    unusable('client_key_file', 'holds the key of another certificate: name the one of `client_cert_file`');
  }
  if (key !== undefined && isOpenToAll(files.client_key_file ?? '')) {
    findings.push({ kind: 'readable', option: 'client_key_file', message: openToAll });
  }
  if (findings.some(({ kind }) => kind === 'unusable')) return { credentials: undefined, findings };

  const secureContext = contextOf({ ca: authorities?.map(String), cert, key });
  if (typeof secureContext === 'string') {
    unusable(cert === undefined ? 'ca_file' : 'client_cert_file', secureContext);
    return { credentials: undefined, findings };
  }
  const fingerprint = fingerprintOf([ca, cert, key]);
  return { credentials: { secureContext, fingerprint, ...(own && { own }) }, findings };
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
