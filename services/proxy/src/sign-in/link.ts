import { readIncoming } from '@latchkey/admission';
import type { RoutedRequest } from '@latchkey/admission';
import { replyRedirect } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { RequestHandler } from 'express';
import type { Admission } from '../admission.ts';
import { ownRequestOf } from '../endpoints/own-request.ts';
import { refuseWithError } from '../respond/refuse-with-error.ts';
import { provedWithinMs } from '../authn/freshness.ts';
import type { Addresses } from './addresses.ts';

/**
 * `GET /oauth2/sign_in?rd=…`: signs in and leads on to an address, for servers in front that send people here (ingress-nginx:
 * `auth-signin`). Anybody can write such a link, so it leads to hosts that a route knows and nowhere else, compared as parsed
 * (CVE-2021-21291, CVE-2020-4037), and the browser gets the address as we write it.
 */
export function createSignInLink(parts: {
  readonly routeFor: Admission['routeFor'];
  readonly addresses: Addresses;
}): RequestHandler {
  const { routeFor, addresses } = parts;

  return function signInLink(_req, res, next) {
    const { request, exchange } = ownRequestOf(res);
    const links = new URLSearchParams(request.query).getAll('rd');
    if (links.length === 0) return next();
    const wanted = links.length === 1 ? leadsTo(links[0] ?? '', request) : undefined;
    if (wanted?.isServed !== true) {
      exchange.detail = '`rd` is no single address of a host that a route knows, in the scheme of this one';
      return refuseWithError(exchange, 'return_address_refused');
    }
    replyRedirect(
      res,
      addresses.signIn(
        wanted.request,
        wanted.route.providerSlugs,
        'no_session',
        provedWithinMs(wanted.route),
      ),
    );
  };

  function leadsTo(link: string, request: CanonicalRequest): RoutedRequest | undefined {
    const scheme = addresses.scheme(request);
    if (!isPlain.test(link) || !(link.startsWith('/') || link.startsWith(`${scheme}://`))) return undefined;
    const url = URL.parse(link, addresses.origin(request));
    if (url?.protocol !== `${scheme}:` || url.username !== '' || url.password !== '') return undefined;
    const visit = {
      method: 'GET',
      url: url.pathname + url.search,
      headers: {},
      rawHeaders: ['Host', url.host],
    };
    const { client, forwardedFor } = request;
    return routeFor(
      readIncoming(visit, 'http', { read: () => ({ client, forwardedFor, forwardedProto: scheme }) }),
    );
  }
}

// A URL parser drops or turns what else there is: blanks, controls, the backslash.
const isPlain = /^[!-[\]-~]+$/;
