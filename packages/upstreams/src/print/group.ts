import type { HeaderEntry, Route } from '../types.ts';

/** A route that stands for its service, and the extra routes below it. */
export type PrintedService = { route: Route; extraRoutes: readonly Route[] };

/**
 * Puts the routes of a table back under services, so that those come out again in the same order and with the same ids.
 * An extra route has the id `service@from`; so have all routes of services that share a name, which may therefore be
 * printed as either.
 */
export function groupRoutes(routes: readonly Route[]): readonly PrintedService[] {
  const unshared = new Set(routes.filter(({ id, service }) => id === service).map(({ service }) => service));
  const firstExtra = routes.findIndex(({ id, service }) => id !== service && unshared.has(service));
  const count = firstExtra === -1 ? routes.length : firstExtra;

  const services = routes.slice(0, count).map((route) => ({ route, extraRoutes: new Array<Route>() }));
  // In a table, the extra routes stand in the order of their services.
  let latest = 0;
  for (const extra of routes.slice(count)) {
    while (latest < services.length && !canHold(services[latest]?.route, extra)) latest += 1;
    services[latest]?.extraRoutes.push(extra);
  }
  return services;
}

/** An extra route has every header of its service, and so can only stand below one whose headers it begins with. */
function canHold(parent: Route | undefined, extra: Route): boolean {
  return (
    parent?.service === extra.service &&
    beginsWith(extra.injectRequestHeaders, parent.injectRequestHeaders) &&
    beginsWith(extra.headerOverrides, parent.headerOverrides)
  );
}

function beginsWith(headers: readonly HeaderEntry[], first: readonly HeaderEntry[]): boolean {
  return first.every(([name], at) => headers[at]?.[0].toLowerCase() === name.toLowerCase());
}
