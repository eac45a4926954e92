// RFC 9110, section 7.6.1, and what older proxies still send. `Expect` was answered by our own server, and `Host`,
// which says where to, is ours to write.
const always = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * The names of the headers that end at this hop: the fixed ones and those that `Connection` lists, in any letter case
 * (CVE-2026-29054). Lower-cased.
 *
 * They go before anything is added, so that nobody can have a header of ours removed by listing it
 * (GHSA-w9mr-28mw-j8hg).
 */
export function hopByHop(rawHeaders: readonly string[]): ReadonlySet<string> {
  const names = new Set(always);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'connection') continue;
    for (const name of (rawHeaders[at + 1] ?? '').split(',')) names.add(name.trim().toLowerCase());
  }
  return names;
}
