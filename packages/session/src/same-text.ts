import { timingSafeEqual } from 'node:crypto';

/**
 * Compares a signature with the one that it should be, in a time that does not tell how much of it is right. As text: decoded,
 * many spellings would be one signature.
 */
export function isSameText(shown: string, expected: string): boolean {
  const [one, other] = [Buffer.from(shown), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
