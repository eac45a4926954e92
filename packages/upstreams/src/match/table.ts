import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import { isHostName } from '../resolve/host.ts';
import type { HostPattern } from '../resolve/rewrite.ts';
import type { ResolvedRoute } from '../resolve/routes.ts';
import type { RootSettings, Route, RouteMatch, RouteTable } from '../types.ts';

/** Puts the routes where a request finds them. A host or pattern that another route already has is reported. */
export function buildTable(
  root: RootSettings,
  resolved: readonly ResolvedRoute[],
  report: Report,
): RouteTable {
  const hosts = new Map<string, RouteMatch>();
  const patterns = new Map<string, { route: Route; pattern: HostPattern }>();
  for (const { route, reach } of resolved) {
    const holder = 'host' in reach ? hosts.get(reach.host) : patterns.get(reach.source);
    if (holder) report('hostTaken', route.position, taken(route, holder.route));
    else if ('host' in reach) hosts.set(reach.host, { route, target: reach.target });
    else patterns.set(reach.source, { route, pattern: reach.pattern });
  }
  const inOrder = [...patterns.values()];

  return {
    root,
    routes: resolved.map(({ route }) => route),
    groups: groupsOf(resolved),
    match(host, port) {
      const withPort = port === undefined ? host : `${host}:${port}`;
      const ofPort = port === undefined ? undefined : hosts.get(withPort);
      if (ofPort) return { ...ofPort, namesPort: true };
      const exact = hosts.get(host);
      if (exact) return exact;
      if (!isHostName(host)) return undefined;
      for (const { route, pattern } of inOrder) {
        // BuzzFeed SSO let patterns see the port, so one that names it still works.
        const found = pattern.resolve(host);
        if (found) return { route, target: found.target };
        const ofPattern = port === undefined ? undefined : pattern.resolve(withPort);
        if (ofPattern) return { route, target: ofPattern.target, namesPort: true };
      }
      return undefined;
    },
  };
}

/**
 * Tells whether a request is for a port that is ours: none, one that `from` names, or one at which browsers reach all
 * applications. A listener at another port of the same host must not be what a sign-in leads to.
 */
export function servesPort(
  { namesPort }: Pick<RouteMatch, 'namesPort'>,
  port: number | undefined,
  publicPorts: readonly number[],
): boolean {
  return port === undefined || namesPort === true || publicPorts.includes(port);
}

function taken(route: Route, holder: Route): string {
  const { line } = holder.position;
  const service = holder.service === '' ? 'another service' : quote(holder.service);
  return `${quote(route.from)} already leads to ${service} (line ${line}): write another \`from\`, or remove one of the two`;
}

function groupsOf(resolved: readonly ResolvedRoute[]): string[] {
  return [...new Set(resolved.flatMap(({ route }) => route.policy.neededGroups))].toSorted();
}
