/**
 * A copy of a text of bytes, a character each. What is cut out of a text holds on to all of it, which for a piece of a request
 * is the whole head: what is kept is copied.
 */
export function ownCopy(piece: string): string {
  return Buffer.from(piece, 'latin1').toString('latin1');
}
