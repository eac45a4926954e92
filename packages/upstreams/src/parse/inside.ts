/**
 * Where in the source of a scalar one of its characters stands. Quotes, escapes, indentation and the breaking of lines change
 * nothing about the order of what is no blank, so the characters that are none are counted.
 *
 * @param raw the scalar as the source has it, without its quotes
 * @param quote the quote that it is in
 * @param text the scalar as it is read
 */
export function offsetInside(
  raw: string,
  quote: '"' | "'" | undefined,
  text: string,
  offset: number,
): number {
  const wanted = text.slice(0, offset).replaceAll(/\s/g, '').length;
  let counted = 0;
  let end = 0;
  for (const { index, 0: token } of raw.matchAll(tokens(quote))) {
    end = index + token.length;
    if (isBlank(token)) continue;
    if (counted === wanted) return index;
    counted += 1;
  }
  return end;
}

function tokens(quote: '"' | "'" | undefined): RegExp {
  if (quote === '"') return /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|\r\n|[^])|[^]/g;
  return quote === "'" ? /''|[^]/g : /[^]/g;
}

// YAML 1.2, section 5.7: what becomes a blank, and a line that goes on.
function isBlank(token: string): boolean {
  return /^(?:\s|\\[ \t\r\nntrvfN_LP]|\\\r\n)$/.test(token);
}
