import type { Report } from '../problems.ts';
import type { Located } from '../shape/reader.ts';
import type { UpstreamProtocol } from '../types.ts';
import type { Reach } from './reach.ts';

/** What is spoken with the application of a route; that and the scheme of `to` have to agree about TLS. */
export function resolveProtocol(
  written: Located<UpstreamProtocol> | undefined,
  reach: Reach | undefined,
  report: Report,
): UpstreamProtocol {
  const { value = 'http1', at } = written ?? {};
  const target = reach !== undefined && 'target' in reach ? reach.target : undefined;
  if (at === undefined || value === 'http1' || target === undefined) return value;
  const isSecure = target.origin.startsWith('https:');
  if (value === 'h2' && !isSecure) {
    report('protocolMismatch', at, '`h2` needs TLS, but `to` has none: write `h2c`, or `to: https://…`');
  }
  if (value === 'h2c' && isSecure) {
    report('protocolMismatch', at, '`h2c` has no TLS, but `to` uses it: write `h2`, or `to: http://…`');
  }
  return value;
}
