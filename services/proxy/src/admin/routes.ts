import type { OperatorEndpoint } from '@latchkey/admin';
import { describeDestination, describeRules } from '@latchkey/upstreams';
import type { Route, RouteTable } from '@latchkey/upstreams';
import type { FileInForce } from '../upstream-file/file-in-force.ts';

/** The routes in force, and the file that they are from. */
export function routesEndpoint(table: () => RouteTable, file: () => FileInForce): OperatorEndpoint {
  return {
    methods: 'GET, HEAD',
    action: 'routes',
    handle() {
      const current = table();
      const routes = current.routes.map((route) => routeJson(route, current));
      return { answer: { file: file(), routes } };
    },
  };
}

/** Of an address inside: its query is often a credential. */
export function withoutQuery(address: string): string {
  return address.replace(/\?.*$/s, '?…');
}

/** Values of headers are left out, as is the query of `to`: they are often credentials. */
function routeJson(route: Route, table: RouteTable): object {
  const { id, service, from, kind, rules, publicPaths, skipAuthPreflight, providerSlugs, position } = route;
  return {
    id,
    service,
    from,
    kind,
    to: withoutQuery(describeDestination(route, table)),
    access: describeRules(rules),
    public: publicPaths.map(({ source }) => source),
    public_preflights: skipAuthPreflight,
    providers: providerSlugs,
    line: position.line,
  };
}
