import type { Route, RouteTable } from '../types.ts';

/** The host and port that a route of one host answers for; undefined for a pattern. */
export function hostOf({ host: authority }: Route): { host: string; port: number | undefined } | undefined {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(authority ?? '') ?? [];
  if (host === undefined || host === '') return undefined;
  return { host, port: port === undefined ? undefined : Number(port) };
}

const mostNamed = 10;

/**
 * Tells whether `after` in the place of `before` would take away too much at once to be meant: all routes, or more than
 * half of them. That is what a file looks like that was emptied, cut short, or made for another environment.
 *
 * A host is there as long as any route answers for it. A pattern is there only as itself: which hosts another one answers
 * for is unknown.
 *
 * @returns what would be removed, in words; undefined where it may be meant
 */
export function lostAtOnce(before: RouteTable, after: RouteTable): string | undefined {
  const patterns = new Set(after.routes.filter(({ kind }) => kind === 'rewrite').map(({ from }) => from));
  const lost = before.routes.filter(function isLost(route) {
    const own = hostOf(route);
    return own === undefined ? !patterns.has(route.from) : after.match(own.host, own.port) === undefined;
  });
  if (lost.length * 2 <= before.routes.length) return undefined;
  const named = lost.slice(0, mostNamed).map(({ from }) => from);
  const more = lost.length > mostNamed ? ` and ${lost.length - mostNamed} more` : '';
  return `${lost.length} of ${before.routes.length} routes would be removed: ${named.join(', ')}${more}`;
}
