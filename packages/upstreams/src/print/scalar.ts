/** Begins with a letter, so that it is no number, no date and no anchor, and holds nothing that ends it. */
const plainPattern = /^[A-Za-z](?:[\w./@+-]|:(?=[\w/]))*$/;

/** What YAML 1.1 or 1.2 reads as something other than a text. */
const reservedWords = /^(?:true|false|yes|no|on|off|y|n|null)$/i;

const visiblePattern = /^[ \p{L}\p{M}\p{N}\p{P}\p{S}]*$/u;

/** What JSON leaves as it is and the reader of upstream files refuses, or a YAML parser drops or breaks the line at. */
const toEscape = /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

/** A text as one YAML scalar on one line, that any reader takes for this text and in which no template is filled. */
export function scalarText(text: string): string {
  if (plainPattern.test(text) && !reservedWords.test(text)) return text;
  const looksLikeTemplate = text.includes('{{');
  if (visiblePattern.test(text) && !looksLikeTemplate) return `'${text.replaceAll("'", "''")}'`;
  const quoted = JSON.stringify(text).replaceAll(
    toEscape,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return looksLikeTemplate ? quoted.replaceAll('{', '\\x7B') : quoted;
}

/** A list on one line. */
export function flowList(texts: readonly string[]): string {
  return `[${texts.map(scalarText).join(', ')}]`;
}

/** A mapping on one line. */
export function flowMapping(entries: ReadonlyArray<readonly [name: string, value: string]>): string {
  return `{${entries.map(([name, value]) => `${scalarText(name)}: ${scalarText(value)}`).join(', ')}}`;
}
