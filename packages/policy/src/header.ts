import { foldName } from '@latchkey/identity';

/**
 * The value of a header, where all readers of it agree: undefined where it is not there, is there several times, or under a
 * name that applications of CGI and WSGI take for the same (`X_Client`), or where `Connection` names it, and it ends here
 * (RFC 9110, section 7.6.1).
 *
 * @param name in lower case
 * @param rawHeaders name after name with its value: Node keeps only the first of some that come several times, and the
 *   application gets them all
 */
export function headerOf(name: string, rawHeaders: readonly string[]): string | undefined {
  const { value, isCertain } = find(name, rawHeaders);
  return isCertain ? value : undefined;
}

/** Whether a header is there; undefined where readers of it may not agree. */
export function hasHeader(name: string, rawHeaders: readonly string[]): boolean | undefined {
  const { value, isCertain } = find(name, rawHeaders);
  if (value === undefined) return false;
  return isCertain ? true : undefined;
}

function find(
  name: string,
  rawHeaders: readonly string[],
): { value: string | undefined; isCertain: boolean } {
  const folded = foldName(name);
  let value: string | undefined;
  let isCertain = true;
  let isListed = false;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at] ?? '';
    if (sent.length === connection.length && sent.toLowerCase() === connection) {
      isListed ||= namesIn(rawHeaders[at + 1] ?? '').includes(name);
    }
    if (sent.length !== name.length) continue;
    if (foldName(sent) !== folded) continue;
    isCertain = value === undefined && sent.toLowerCase() === name;
    value ??= rawHeaders[at + 1];
  }
  return { value, isCertain: isCertain && !isListed };
}

const connection = 'connection';

function namesIn(value: string): string[] {
  return value.split(',').map((listed) => listed.trim().toLowerCase());
}
