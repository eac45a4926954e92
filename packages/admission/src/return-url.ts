// An ALB takes a request line of 16 KB, and the link that leads to the sign-in says more than the way back.
const longestReturnUrl = 15 * 1024;

/**
 * The URL that a link leads back to after signing in: the very one that was asked for.
 *
 * @param origin as the browser sees it
 * @returns undefined where it is too long for a link
 */
export function returnUrlOf(origin: string, target: string): string | undefined {
  // No escaping makes it shorter.
  if (target.length > longestReturnUrl) return undefined;
  const url = origin + urlSafe(target);
  return encodeURIComponent(url).length > longestReturnUrl ? undefined : url;
}

const escapes = Array.from(
  { length: 256 },
  (_, code) => `%${code.toString(16).toUpperCase().padStart(2, '0')}`,
);

// A browser may send these raw in a query, and a URL that holds them raw is one that two parsers read in two ways.
// Escaped they mean the same to the application. Bytes above 0x7e arrive as Latin-1 characters, one each.
function urlSafe(target: string): string {
  return target.replace(/[^!-~]|[\\"<>^`{|}]/g, (character) => escapes[character.charCodeAt(0)] ?? '');
}
