import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { readStrings, sshString, uint32 } from './wire.ts';

const ed25519 = 'ssh-ed25519';
const p256 = 'ecdsa-sha2-nistp256';
const magic = Buffer.from('openssh-key-v1\0');

/** A key with which certificates can be signed. */
export type SshAuthority = { readonly type: typeof ed25519 | typeof p256; readonly privateKey: KeyObject };

/**
 * Reads the key of an authority: Ed25519 or ECDSA with P-256, as `ssh-keygen` or `openssl` writes it.
 *
 * @returns what is wrong with it, as the end of a sentence
 */
export function readSshAuthority(text: string): SshAuthority | string {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) return withPassphrase;
  try {
    const privateKey = text.includes('-----BEGIN OPENSSH PRIVATE KEY-----')
      ? fromOpenSsh(text)
      : createPrivateKey(text);
    if (typeof privateKey === 'string') return privateKey;
    if (privateKey.asymmetricKeyType === 'ed25519') return { type: ed25519, privateKey };
    const { namedCurve } = privateKey.asymmetricKeyDetails ?? {};
    return namedCurve === 'prime256v1' ? { type: p256, privateKey } : ofAnotherKind;
  } catch {
    return noKey;
  }
}

const withPassphrase = 'holds a key with a passphrase: write it without one, as `ssh-keygen -p` does';
const ofAnotherKind =
  'holds a key of another kind: make one of Ed25519, as `ssh-keygen -t ed25519` does, or of ECDSA with P-256';
const noKey = 'holds no private key: write it as `ssh-keygen -t ed25519` does';

// PROTOCOL.key of OpenSSH: the name of the format, how it is encrypted (three strings), the number of keys, the public and the
// private ones.
function fromOpenSsh(text: string): KeyObject | string {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1] ?? '';
  const bytes = Buffer.from(base64, 'base64');
  if (!bytes.subarray(0, magic.length).equals(magic)) return noKey;
  const head = bytes.subarray(magic.length);
  const afterCipher = 4 + head.readUInt32BE(0);
  if (head.subarray(4, afterCipher).toString() !== 'none') return withPassphrase;
  // "none" for the derivation of a key, nothing about it, and one key.
  const body = head.subarray(afterCipher + 4 + 'none'.length + 4 + 4);
  const [, section = Buffer.alloc(0)] = readStrings(body) ?? [];
  // Two equal numbers come first, and padding last.
  const [type, ...parts] = stringsIn(section.subarray(8));
  if (type?.toString() === ed25519) {
    const [x, seedAndX] = parts;
    if (x?.length !== 32 || seedAndX?.length !== 64) return noKey;
    return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: b64(x), d: b64(seedAndX.subarray(0, 32)) });
  }
  if (type?.toString() !== p256) return ofAnotherKind;
  const [, point, d] = parts;
  if (point?.length !== 65 || d === undefined) return noKey;
  const scalar = Buffer.concat([Buffer.alloc(32), d]).subarray(-32);
  return fromJwk({
    kty: 'EC',
    crv: 'P-256',
    x: b64(point.subarray(1, 33)),
    y: b64(point.subarray(33)),
    d: b64(scalar),
  });
}

// As many whole ones as there are: what follows is padding.
function stringsIn(bytes: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length && strings.length < 5;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

function fromJwk(key: JsonWebKey): KeyObject {
  return createPrivateKey({ key, format: 'jwk' });
}

function fromB64(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function b64(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** The public key of an authority as bytes (RFC 8709, section 4; RFC 5656, section 3.1). */
export function publicBlobOf({ type, privateKey }: SshAuthority): Buffer {
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (type === ed25519) return Buffer.concat([sshString(type), sshString(fromB64(x))]);
  const point = Buffer.concat([Buffer.of(4), fromB64(x), fromB64(y)]);
  return Buffer.concat([sshString(type), sshString('nistp256'), sshString(point)]);
}

/** The same as the line for `TrustedUserCAKeys` of sshd. */
export function authorityLine(authority: SshAuthority): string {
  return `${authority.type} ${publicBlobOf(authority).toString('base64')}`;
}

/** The bytes of a public key of Ed25519 that is written as one line; undefined for anything else. */
export function readUserKey(line: string): Buffer | undefined {
  const [type, base64 = '', ...rest] = line.split(' ');
  if (type !== ed25519 || rest.length > 0 || !/^[A-Za-z0-9+/]{1,100}={0,2}$/.test(base64)) return undefined;
  const [inner, key, ...more] = readStrings(Buffer.from(base64, 'base64')) ?? [];
  const isWhole = inner?.toString() === ed25519 && key?.length === 32 && more.length === 0;
  return isWhole ? key : undefined;
}

/** A public key of Ed25519 as one line, and its private key as `ssh` reads it from a file. */
export function userKeyTexts(privateKey: KeyObject): { readonly publicLine: string; readonly file: string } {
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' });
  const [point, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const blob = Buffer.concat([sshString(ed25519), sshString(point)]);
  const check = randomBytes(4);
  const section = Buffer.concat([check, check, blob, sshString(Buffer.concat([seed, point])), sshString('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (section.length % 8)) % 8 }, (_, at) => at + 1));
  const whole = Buffer.concat([
    magic,
    sshString('none'),
    sshString('none'),
    sshString(''),
    uint32(1),
    sshString(blob),
    sshString(Buffer.concat([section, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    publicLine: `${ed25519} ${blob.toString('base64')}`,
    file: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
      '\n',
    ),
  };
}
