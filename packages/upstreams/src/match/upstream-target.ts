import type { Target } from '../types.ts';

// A dot segment as any upstream might find one: dots and slashes plain or encoded, however often, a backslash for a
// slash, and an end that a reader cuts at (a parameter, a query, a fragment, a NUL).
const climbs =
  /(?:^|[/\\]|%(?:25)*(?:2f|5c))(?:\.|%(?:25)*2e){1,2}(?:[/\\;]|%(?:25)*(?:2f|5c|3b|3f|23|00)|$)/i;

/**
 * The request target for the upstream: the raw path and query byte for byte, behind the path and query of `to`.
 *
 * @param request `target` is the raw path and query as they came; `query` has its `?`, or is empty
 * @returns undefined for a path that would climb out of the path of `to` (GHSA-2q7r-29rg-6m5h); without such a path there
 *   is nothing to climb out of and everything is forwarded as it came
 */
export function upstreamTarget(
  request: { readonly target: string; readonly rawPath: string; readonly query: string },
  target: Target,
): string | undefined {
  if (target.basePath === '' && target.query === '') return request.target;
  if (target.basePath !== '' && mayClimb(request.rawPath)) return undefined;
  return target.basePath + request.rawPath + joinQuery(target.query, request.query);
}

/** Host and port of a target, as the `Host` header names them. */
export function targetAuthority({ origin }: Pick<Target, 'origin'>): string {
  return origin.slice(origin.indexOf('//') + 2);
}

/** Tells whether a path, as it came, would climb for anybody who reads it: then nothing that stands in front of it holds. */
export function mayClimb(rawPath: string): boolean {
  return climbs.test(rawPath);
}

function joinQuery(fixed: string, sent: string): string {
  if (fixed === '') return sent;
  return sent === '' || sent === '?' ? `?${fixed}` : `?${fixed}&${sent.slice(1)}`;
}
