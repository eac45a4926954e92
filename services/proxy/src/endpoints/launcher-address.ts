import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { Addresses } from '../sign-in/addresses.ts';

/** Where the launcher is for people of any of these providers, if the file has one. */
export type LauncherOf = (request: CanonicalRequest, providers: readonly string[]) => string | undefined;

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
  return function launcherOf(request, providers) {
    const launcher = parts
      .routes()
      .find(
        ({ kind, providerSlugs }) =>
          kind === 'launcher' && providers.some((slug) => providerSlugs.includes(slug)),
      );
    if (launcher?.host === undefined) return undefined;
    return new URL('/oauth2/apps', parts.pageOf(launcher.host, request)).href;
  };
}
