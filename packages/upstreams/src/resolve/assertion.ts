import { assertionHeaderName, foldName, isReserved } from '@latchkey/identity';
import type { Report } from '../problems.ts';
import type { AssertionHeader } from '../shape/assertion.ts';
import type { Located } from '../shape/reader.ts';
import type { HeaderEntry } from '../types.ts';

/** They are made from the request, the connection or the cookies of others, and are nobody's to set. */
const taken: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Where the assertions of a route go. */
export function resolveAssertionHeader(
  written: Located<AssertionHeader> | undefined,
  injected: readonly HeaderEntry[],
  report: Report,
): AssertionHeader {
  const usual = { name: assertionHeaderName, scheme: '' };
  if (written === undefined) return usual;
  const { value, at } = written;
  const { name, scheme } = value;
  const folded = foldName(name);
  const isUsual = folded === foldName(assertionHeaderName);
  if (taken.has(folded) || (isReserved(name) && !isUsual)) {
    report(
      'assertionHeader',
      at,
      `${name} is used for something else and cannot carry the assertion: choose another name`,
    );
  } else if (folded === 'authorization' && scheme === '') {
    report('assertionHeader', at, "Authorization needs a scheme (RFC 9110): write `'Authorization: Bearer'`");
  } else if (injected.some(([other]) => foldName(other) === folded)) {
    report('assertionHeader', at, `${name} is in \`inject_request_headers\`, too: keep one of the two`);
  }
  return value;
}
