/** Bytes with their length in front (RFC 4251, section 5). */
export function sshString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Four bytes, the most significant first. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Eight bytes, the most significant first. */
export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** A positive number without leading zeros, but for one that keeps it positive. */
export function mpint(unsigned: Uint8Array): Buffer {
  const start = unsigned.findIndex((byte) => byte !== 0);
  const bytes = Buffer.from(start === -1 ? [] : unsigned.subarray(start));
  const isHigh = (bytes[0] ?? 0) >= 0x80;
  return sshString(isHigh ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

/** The strings that bytes are made of; undefined where they are not made of whole ones. */
export function readStrings(bytes: Uint8Array): Buffer[] | undefined {
  const all = Buffer.from(bytes);
  const strings: Buffer[] = [];
  let at = 0;
  while (at < all.length) {
    if (at + 4 > all.length) return undefined;
    const end = at + 4 + all.readUInt32BE(at);
    if (end > all.length) return undefined;
    strings.push(all.subarray(at + 4, end));
    at = end;
  }
  return strings;
}
