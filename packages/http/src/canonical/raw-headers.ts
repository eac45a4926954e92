/** Every value of a header, in order, from Node's flat list of names and values; `name` in lower case. */
export function rawValues(rawHeaders: readonly string[], name: string): readonly string[] {
  let values: string[] | undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (isNamed(rawHeaders[at], name)) (values ??= []).push(rawHeaders[at + 1] ?? '');
  }
  return values ?? none;
}

// Most questions are about a header that is not there.
const none: readonly string[] = [];

/** Tells whether a header is called so; `name` in lower case. */
export function isNamed(written: string | undefined, name: string): boolean {
  // Most differ in their length already. Names are ASCII (RFC 9110, section 5.1), so that case does not change it.
  return written !== undefined && written.length === name.length && written.toLowerCase() === name;
}
