/** What a certificate of a person says (PROTOCOL.certkeys of OpenSSH), as sshd reads it. */
export type ReadSshCertificate = {
  readonly type: number;
  readonly keyId: string;
  readonly principals: readonly string[];
  /** seconds since the epoch, as many as there may be */
  readonly from: bigint;
  readonly until: bigint;
  readonly criticalOptions: readonly string[];
  readonly extensions: readonly string[];
};

/** Reads the line of a certificate for a key of Ed25519. Whose signature it bears is not looked at. */
export function readSshCertificate(line: string): ReadSshCertificate {
  const bytes = Buffer.from(line.split(' ')[1] ?? '', 'base64');
  let at = 0;
  function take(length: number): Buffer {
    at += length;
    return bytes.subarray(at - length, at);
  }
  const text = () => take(take(4).readUInt32BE());
  const long = () => take(8).readBigUInt64BE();
  // Its type, a nonce and the key come first, then a serial number.
  for (const read of [text, text, text, long]) read();
  return {
    type: take(4).readUInt32BE(),
    keyId: text().toString(),
    principals: stringsIn(text()),
    from: long(),
    until: long(),
    criticalOptions: stringsIn(text()),
    extensions: stringsIn(text()),
  };
}

function stringsIn(bytes: Buffer): string[] {
  const strings: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    strings.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return strings;
}
