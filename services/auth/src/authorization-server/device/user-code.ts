import { randomInt } from 'node:crypto';

// RFC 8628, section 6.1: letters that are not taken for others, and make no words. 34 bits.
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;
const userCode = new RegExp(`^[${letters}]{${length}}$`);

/** A new code for a person to type. */
export function newUserCode(): string {
  return Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('');
}

/** The code that somebody has typed, in whatever case and with whatever between; undefined where it is none. */
export function readUserCode(typed: string): string | undefined {
  if (typed.length > 40) return undefined;
  const code = typed.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return userCode.test(code) ? code : undefined;
}

/** As people are shown it. */
export function userCodeText(code: string): string {
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`;
}
