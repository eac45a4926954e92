import { randomBytes, sign } from 'node:crypto';
import { publicBlobOf } from './keys.ts';
import type { SshAuthority } from './keys.ts';
import { mpint, sshString, uint32, uint64 } from './wire.ts';

/** What a certificate says of the holder of the private key. */
export type SshCertificateContent = {
  /** the public key of Ed25519 */
  readonly key: Uint8Array;
  /** what the log of sshd says of every sign-in with it */
  readonly keyId: string;
  /** as whom it may be used; none would be everybody */
  readonly principals: readonly [string, ...string[]];
  /** seconds since the epoch */
  readonly from: number;
  readonly until: number;
};

const type = 'ssh-ed25519-cert-v01@openssh.com';
const ofUser = 1;
// A terminal, and nothing that leads on from there: no agent, no ports, no X11, no rc file of the person.
const extensions = ['permit-pty'];

/** Signs a certificate of a person (PROTOCOL.certkeys of OpenSSH); the line of a `-cert.pub` file. */
export function signSshCertificate(
  authority: SshAuthority,
  { key, keyId, principals, from, until }: SshCertificateContent,
): string {
  const body = Buffer.concat([
    sshString(type),
    sshString(randomBytes(32)),
    sshString(key),
    uint64(randomBytes(8).readBigUInt64BE()),
    uint32(ofUser),
    sshString(keyId),
    sshString(Buffer.concat(principals.map(sshString))),
    uint64(BigInt(from)),
    uint64(BigInt(until)),
    sshString(''),
    sshString(Buffer.concat(extensions.flatMap((name) => [sshString(name), sshString('')]))),
    sshString(''),
    sshString(publicBlobOf(authority)),
  ]);
  const signed = Buffer.concat([body, sshString(signatureOf(authority, body))]);
  return `${type} ${signed.toString('base64')}`;
}

// RFC 8709, section 6; RFC 5656, section 3.1.2.
function signatureOf({ type: kind, privateKey }: SshAuthority, body: Buffer): Buffer {
  if (kind === 'ssh-ed25519') {
    return Buffer.concat([sshString(kind), sshString(sign(null, body, privateKey))]);
  }
  const both = sign('sha256', body, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const [r, s] = [both.subarray(0, 32), both.subarray(32)];
  return Buffer.concat([sshString(kind), sshString(Buffer.concat([mpint(r), mpint(s)]))]);
}
