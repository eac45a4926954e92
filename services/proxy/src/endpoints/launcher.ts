import { decideFor } from '@latchkey/access';
import type { Facts } from '@latchkey/access';
import { visitFacts } from '@latchkey/admission';
import { ownEndpoints } from '@latchkey/contract';
import { isReadByPerson, replyHtml, replyJson } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import { launcherPage, launcherScript } from '@latchkey/web-pages';
import type { App } from '@latchkey/web-pages';
import type { ServerResponse } from 'node:http';
import type { Exchange } from '../exchange.ts';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { PageOf } from './launcher-address.ts';

/**
 * Shows a person the applications that they may open: a page for a navigation, JSON for a program. On the host of a
 * launcher only: on an application's own, its script could read them.
 */
export type RenderLauncher = (exchange: Exchange, request: CanonicalRequest, known: KnownSession) => void;

// What a browser says of requests by our own pages; a program that is no browser says nothing.
const ownSites: ReadonlySet<string | string[] | undefined> = new Set(['same-origin', 'none', undefined]);

/**
 * @param parts.routes the routes in force
 * @param parts.factsOf what rules may read of a request for the launcher
 * @param parts.accountHref where a person sees their sessions, at auth
 */
export function createLauncher(parts: {
  routes: () => readonly Route[];
  pageOf: PageOf;
  accountHref: string;
  factsOf: (exchange: Exchange, request: CanonicalRequest) => Facts;
}): RenderLauncher {
  return function showLauncher(exchange, request, known) {
    const { req, res } = exchange;
    const { headers } = req;
    const isPage = isReadByPerson(headers);
    if (!isPage && !ownSites.has(headers['sec-fetch-site'])) {
      return refuseWithError(exchange, 'cross_site_request');
    }
    const facts = parts.factsOf(exchange, request);
    const apps = appsFor(known, parts.routes(), facts, (host) => parts.pageOf(host, request));
    if (!isPage) {
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
      accountHref: parts.accountHref,
      scriptHref: ownEndpoints.appsScript.path,
      requestId: exchange.id,
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
 * what is no web page cannot be opened there, and what the file hides stays hidden.
 *
 * @param facts of the request that asks for them
 * @param pageOf the first page of a host
 */
export function appsFor(
  known: KnownSession,
  routes: readonly Route[],
  facts: Facts,
  pageOf: (host: string) => string,
): App[] {
  const apps = routes.flatMap((route): App[] => {
    const { host, launcher, kind, tcp } = route;
    if (host === undefined || kind !== 'simple' || tcp !== undefined || launcher?.hidden === true) return [];
    if (!route.providerSlugs.includes(known.session.idp)) return [];
    const visit = visitFacts(facts, host.replace(/:\d+$/, ''));
    if (!decideFor(known.state.person, route.policy, visit).allow) return [];
    return [
      {
        title: launcher?.title ?? route.service,
        href: pageOf(host),
        host: host.replace(/:\d+$/, ''),
        ...(launcher?.description !== undefined && { description: launcher.description }),
        ...(launcher?.icon !== undefined && { icon: launcher.icon }),
      },
    ];
  });
  return apps.toSorted((one, other) => one.title.localeCompare(other.title, 'en'));
}
