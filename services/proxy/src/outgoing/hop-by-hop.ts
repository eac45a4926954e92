import { rawValues } from '@latchkey/http';

// RFC 9110, section 7.6.1, and what older proxies still send. `Expect` was answered by our own server, and `Host`,
// which says where to, is ours to write.
const always: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The names of the headers that end at this hop: the fixed ones and those that `Connection` lists, in any letter case
 * (CVE-2026-29054). Lower-cased.
 *
 * They go before anything is added, so that nobody can have a header of ours removed by listing it
 * (GHSA-w9mr-28mw-j8hg).
 */
export function hopByHop(rawHeaders: readonly string[]): ReadonlySet<string> {
  const values = rawValues(rawHeaders, 'connection');
  // What nearly everybody writes is one of them already.
  if (values.every((value) => always.has(value.toLowerCase()))) return always;
  const names = new Set(always);
  for (const value of values) {
    for (const listed of value.split(/,+/)) names.add(listed.trim().toLowerCase());
  }
  return names;
}
