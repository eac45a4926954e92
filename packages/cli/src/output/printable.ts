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
