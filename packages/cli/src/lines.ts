// Longer than any line of ours: what is longer is passed over and not kept.
const longest = 1024 * 1024;
const lineBreak = 0x0a;

/** The lines of something that comes in pieces, without their line breaks; never more than one of them is kept. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  function keep(part: Uint8Array): void {
    length += part.length;
    if (length <= longest) parts.push(part);
  }
  function take(): Buffer {
    const line = length <= longest ? Buffer.concat(parts) : Buffer.alloc(0);
    parts = [];
    length = 0;
    return line;
  }
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(lineBreak); at >= 0; at = piece.indexOf(lineBreak, from)) {
      keep(piece.subarray(from, at));
      yield take();
      from = at + 1;
    }
    keep(piece.subarray(from));
  }
  yield take();
}
