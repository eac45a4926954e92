import type { Io } from '../io.ts';

/** Colours of a terminal; each gives its text back as it is where there is none. */
export type Paint = Readonly<Record<'red' | 'yellow' | 'green' | 'bold' | 'dim', (text: string) => string>>;

const plain = (text: string): string => text;
const inColour = (code: number) => (text: string) => `\u001B[${code}m${text}\u001B[0m`;

/** Colours on a terminal only, and never with NO_COLOR (no-color.org: set to anything but nothing). */
export function paintFor({ isTerminal, env }: Pick<Io, 'isTerminal' | 'env'>): Paint {
  if (!isTerminal || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') {
    return { red: plain, yellow: plain, green: plain, bold: plain, dim: plain };
  }
  return {
    red: inColour(31),
    yellow: inColour(33),
    green: inColour(32),
    bold: inColour(1),
    dim: inColour(2),
  };
}

/**
 * A text that comes from a file or the command line, on one line and without what a terminal would obey. YAML allows both
 * inside quotes: `"\e[2J"`.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
}
