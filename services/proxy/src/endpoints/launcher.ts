import {
  isNavigation,
  launcherPage,
  launcherScript,
  launcherScriptPath,
  replyHtml,
  replyJson,
} from '@latchkey/http';
import type { App, CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { ServerResponse } from 'node:http';
import { decideAbout } from '../gate/gate.ts';
import type { KnownSession } from '../session-check/known-session.ts';
import type { Addresses } from '../sign-in/addresses.ts';

/** Shows a person the applications that they may open: a page for a navigation, JSON for a program. */
export type ShowLauncher = (
  res: ServerResponse,
  exchange: { request: CanonicalRequest; requestId: string },
  known: KnownSession,
) => void;

/**
 * @param parts.routes the routes in force
 * @param parts.publicPorts at which every application is
 */
export function createLauncher(parts: {
  routes: () => readonly Route[];
  addresses: Pick<Addresses, 'scheme'>;
  publicPorts: readonly number[];
}): ShowLauncher {
  const { routes, addresses, publicPorts } = parts;
  return function showLauncher(res, { request, requestId }, known) {
    const port = request.port !== undefined && publicPorts.includes(request.port) ? request.port : undefined;
    const apps = appsFor(known, routes(), { scheme: addresses.scheme(request), port });
    if (!isNavigation(request.method, res.req.headers)) {
      const list = apps.map(({ title, href, description, icon }) => ({
        title,
        url: href,
        description,
        icon,
      }));
      return replyJson(res, 200, { apps: list });
    }
    const page = {
      apps,
      email: known.session.email,
      signOutHref: '/oauth2/sign_out',
      scriptHref: launcherScriptPath,
      requestId,
    };
    return replyHtml(res, 200, launcherPage(page));
  };
}

/** Answers with the launcher's script. */
export function replyLauncherScript(res: ServerResponse): void {
  const headers = { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' };
  replyHtml(res, 200, { body: launcherScript, headers: { ...headers, 'X-Content-Type-Options': 'nosniff' } });
}

/**
 * The applications that a person may open with this sign-in, by title. A pattern of hosts is no single address,
 * and what the file hides stays hidden.
 *
 * @param at where applications are that name no port of their own
 */
export function appsFor(
  known: KnownSession,
  routes: readonly Route[],
  { scheme, port }: { scheme: 'http' | 'https'; port: number | undefined },
): App[] {
  const apps = routes.flatMap((route): App[] => {
    const { host, launcher, kind } = route;
    if (host === undefined || kind !== 'simple' || launcher?.hidden === true) return [];
    const hostName = host.replace(/:\d+$/, '');
    if (route.providerSlug !== known.session.idp) return [];
    if (!decideAbout(known, route).allow) return [];
    const authority = host === hostName && port !== undefined ? `${host}:${port}` : host;
    return [
      {
        title: launcher?.title ?? route.service,
        href: `${scheme}://${authority}/`,
        host: hostName,
        ...(launcher?.description !== undefined && { description: launcher.description }),
        ...(launcher?.icon !== undefined && { icon: launcher.icon }),
      },
    ];
  });
  return apps.toSorted((one, other) => one.title.localeCompare(other.title, 'en'));
}
