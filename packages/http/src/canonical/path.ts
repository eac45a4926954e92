declare const canonicalPathBrand: unique symbol;
/** A decoded path that every reader agrees about. Only rules that grant look at it; forwarding uses the raw path. */
export type CanonicalPath = string & { readonly [canonicalPathBrand]: true };

// What a second reader of the path may take for something else, raw:
//   \    a slash (WHATWG URL, IIS)          ;    the start of a parameter that is cut off (servlet containers)
//   #    the start of a fragment            ?    the start of the query
//   %    an escape, when decoded once more  U+2044, U+2215: a slash, in a best-fit conversion
// and control characters, which end or split the path (NUL, CR, LF).
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const twoReadings = /[\u0000-\u001f\u007f\\;#?%\u2044\u2215]/;
// Windows drops spaces and dots at the end of a name, so that `.. ` and `...` climb as `..` does.
const dotSegment = /(?:^|\/)[. ]*\.[. ]*(?:\/|$)/;
// Encoded: the same characters, and the slash and the dot, which change the segments once decoded.
const encodedTwoReadings = /%(?:2f|5c|25|2e|23|3b|3f|[01][0-9a-f]|7f)/i;

/**
 * The one decoded form of a path, or undefined when it could be read in two ways.
 *
 * Advisories of this kind all come from two parsers of one path (CVE-2026-41059, CVE-2026-33494, CVE-2023-33189):
 * what grants therefore never sees a path whose meaning depends on who decodes it.
 *
 * Holds: `canonicalPath(canonicalPath(p)) = canonicalPath(p)`.
 *
 * @param raw the path without its query, as it stands in the request target
 */
export function canonicalPath(raw: string): CanonicalPath | undefined {
  if (!raw.startsWith('/') || encodedTwoReadings.test(raw)) return undefined;
  const decoded = decode(raw);
  return decoded !== undefined && hasOneReading(decoded) ? decoded : undefined;
}

function hasOneReading(decoded: string): decoded is CanonicalPath {
  if (twoReadings.test(decoded) || decoded.includes('//') || dotSegment.test(decoded)) return false;
  // A reader that folds compatibility characters turns U+FF0F into a slash and U+FF0E into a dot.
  return decoded.normalize('NFKC') === decoded;
}

function decode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined; // a lone % or bytes that are not UTF-8
  }
}
