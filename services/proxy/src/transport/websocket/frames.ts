import { randomBytes } from 'node:crypto';

/** Follows one direction of a WebSocket by the lengths that its frames begin with. It keeps a head, and no payload. */
export type FrameLengths = {
  /** Follows a chunk from an offset to the end of the frame there, or of the chunk; gives the offset of that end. */
  follow(chunk: Buffer, from: number): number;
  /** whether every frame that has begun is whole */
  isBetween(): boolean;
};

const longestHead = 14;

/** @returns for a direction of which nothing has come */
export function frameLengths(): FrameLengths {
  const head = Buffer.alloc(longestHead);
  let headBytes = 0;
  let payloadLeft = 0;
  const isBetween = () => headBytes === 0 && payloadLeft === 0;

  function takeHead(byte: number): void {
    head.writeUInt8(byte, headBytes);
    headBytes += 1;
    if (headBytes < 2 || headBytes < wholeHead(head.readUInt8(1))) return;
    payloadLeft = payloadBytes(head);
    headBytes = 0;
  }

  return {
    isBetween,
    follow(chunk, from) {
      let at = from;
      while (at < chunk.length) {
        if (payloadLeft === 0) {
          takeHead(chunk.readUInt8(at));
          at += 1;
        } else {
          const taken = Math.min(payloadLeft, chunk.length - at);
          payloadLeft -= taken;
          at += taken;
        }
        if (isBetween()) break;
      }
      return at;
    },
  };
}

/** A whole close frame as a server sends it (RFC 6455, section 5.5.1). */
export function closeFrame(code: number): Buffer {
  const frame = Buffer.from([0x88, 2, 0, 0]);
  frame.writeUInt16BE(code, 2);
  return frame;
}

/** The same as a client sends it, under a mask that nobody could have known (section 5.3). */
export function maskedCloseFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  const mask = randomBytes(4);
  const masked = payload.map((byte, at) => byte ^ mask.readUInt8(at));
  return Buffer.concat([Buffer.from([0x88, 0x80 | payload.length]), mask, masked]);
}

// RFC 6455, section 5.2: the second byte is the mask bit and the length, of which 126 stands for two more bytes and 127 for
// eight; a mask takes four.
function wholeHead(second: number): number {
  const length = second & 0x7f;
  const more = length === 127 ? 8 : length === 126 ? 2 : 0;
  return 2 + more + (second >= 0x80 ? 4 : 0);
}

// Past 2^53 it is not exact, which nobody lives to see.
function payloadBytes(head: Buffer): number {
  const length = head.readUInt8(1) & 0x7f;
  if (length === 127) return head.readUInt32BE(2) * 2 ** 32 + head.readUInt32BE(6);
  return length === 126 ? head.readUInt16BE(2) : length;
}
