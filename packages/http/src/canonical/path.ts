declare const canonicalPathBrand: unique symbol;
/** A decoded path that every reader agrees about. Only rules that grant look at it; forwarding uses the raw path. */
export type CanonicalPath = string & { readonly [canonicalPathBrand]: true };

// Normalising and the patterns of public paths take their time per character, and anybody may ask. nginx and Apache
// take 8 KiB for a whole request line by default, so nobody publishes what is longer.
const longestPath = 8_192;

// What a second reader of the path may take for something else, raw:
//   \    a slash (WHATWG URL, IIS)          ;    the start of a parameter that is cut off (servlet containers)
//   #    the start of a fragment            ?    the start of the query
//   %    an escape, when decoded once more
const asciiTwoReadings = /[\\;#?%]/;
// What a reader may leave out or change before it looks at the path:
//   \p{C}    controls, which end or split it (NUL, CR, LF), format characters, and what Unicode has not assigned to
//            anything yet or never will
//   \p{DI}   what NFKC_Casefold leaves out (UAX #31): soft hyphens, zero-width characters, variation selectors, fillers
//   \p{Z}    blanks and line ends other than the space itself
const mayVanish = /[\p{C}\p{DI}]|(?! )\p{Z}/u;
// A dot or a slash by another name: to IDNA (UTS #46, U+3002), to a best-fit conversion or an Asian code page, where the
// backslash is a currency sign, or to a reader that goes by names of characters. NFKC finds the others.
const dotOrSlash = /[\u00a5\u2044\u20a9\u2215\u2216\u2571\u2572\u27cb\u27cd\u29f5\u29f8\u29f9\u3002]/;
// Windows drops spaces and dots at the end of a name, so that `.. ` and `...` climb as `..` does.
const dotSegment = /\/[. ]+(?:\/|$)/;
// None of the above is about the rest of ASCII, and NFKC leaves it as it is.
const isPlain = /^[ -~]*$/;
// Encoded: the same characters, and the slash and the dot, which change the segments once decoded.
const encodedTwoReadings = /%(?:2f|5c|25|2e|23|3b|3f|[01][0-9a-f]|7f)/i;

/**
 * The one decoded form of a path, or undefined when it could be read in two ways, or is longer than any that is worth
 * reading.
 *
 * Advisories of this kind all come from two parsers of one path (CVE-2026-41059, CVE-2026-33494, CVE-2023-33189):
 * what grants therefore never sees a path whose meaning depends on who decodes it.
 *
 * Holds: `canonicalPath(canonicalPath(p)) = canonicalPath(p)`. Takes time linear in the length.
 *
 * @param raw the path without its query, as it stands in the request target
 */
export function canonicalPath(raw: string): CanonicalPath | undefined {
  if (raw.length > longestPath || !raw.startsWith('/')) return undefined;
  const decoded = raw.includes('%') ? decode(raw) : raw;
  return decoded !== undefined && hasOneReading(decoded) ? decoded : undefined;
}

function hasOneReading(decoded: string): decoded is CanonicalPath {
  if (asciiTwoReadings.test(decoded) || decoded.includes('//') || dotSegment.test(decoded)) return false;
  if (isPlain.test(decoded)) return true;
  if (mayVanish.test(decoded) || dotOrSlash.test(decoded)) return false;
  // A reader that folds compatibility characters turns U+FF0F into a slash and U+FF0E into a dot.
  return decoded.normalize('NFKC') === decoded;
}

function decode(raw: string): string | undefined {
  if (encodedTwoReadings.test(raw)) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined; // a lone % or bytes that are not UTF-8
  }
}
