import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { Addresses } from '../sign-in/addresses.ts';

/** Where the launcher is for people who come to a route: one with the same provider, if the file has one. */
export type LauncherOf = (request: CanonicalRequest, route: Route) => string | undefined;

/** The first page of a host that the file names, for the browser that a request comes from. */
export type PageOf = (host: string, request: CanonicalRequest) => string;

/** @param parts.publicPorts at which every host is that names no port of its own */
export function createPageOf(parts: {
  addresses: Pick<Addresses, 'scheme'>;
  publicPorts: readonly number[];
}): PageOf {
  const { addresses, publicPorts } = parts;
  return function pageOf(host, request) {
    const { port } = request;
    const isPlain = port === undefined || !publicPorts.includes(port) || /:\d+$/.test(host);
    return `${addresses.scheme(request)}://${isPlain ? host : `${host}:${port}`}/`;
  };
}

/** @param parts.routes the routes in force */
export function createLauncherOf(parts: { routes: () => readonly Route[]; pageOf: PageOf }): LauncherOf {
  return function launcherOf(request, { providerSlug }) {
    const launcher = parts
      .routes()
      .find((route) => route.kind === 'launcher' && route.providerSlug === providerSlug);
    if (launcher?.host === undefined) return undefined;
    return new URL('/oauth2/apps', parts.pageOf(launcher.host, request)).href;
  };
}
