import type { Reason } from '@latchkey/access';
import { returnUrlOf } from '@latchkey/admission';
import { ownEndpoints, provedWithinParameter } from '@latchkey/contract';
import { authorityOf, isReading } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import { codeRequestParameters, refuseReturnAddress, signReturnAddress } from '@latchkey/session';
import type { CodeRequest, KeyRing } from '@latchkey/session';
import type { ProviderSlugs } from '@latchkey/upstreams';

/**
 * Addresses at auth and on this host, as a browser would use them. A host that gets the shared cookie sends people
 * straight to auth; any other begins a sign-in by code, on the host itself.
 */
export type Addresses = {
  /** the scheme in which a browser reaches us */
  scheme(request: CanonicalRequest): 'http' | 'https';
  /** where the request's host is, for a browser: `https://wiki.corp.example.com` */
  origin(request: CanonicalRequest): string;
  /** where to sign in, coming back to the very URL that was asked for, or to the host's first page */
  signIn(
    request: CanonicalRequest,
    providers: ProviderSlugs,
    reason: Reason,
    provedWithinMs?: number,
  ): string;
  /** where to sign in, coming back to the host's first page: for programs, which cannot come back to where they were */
  signInToStart(
    request: CanonicalRequest,
    providers: ProviderSlugs,
    reason: Reason,
    provedWithinMs?: number,
  ): string;
  /** where to choose another account, coming back to the very URL that was asked for */
  switchAccount(request: CanonicalRequest, providers: ProviderSlugs, provedWithinMs?: number): string;
  /** where a person says that they go on as the one of a token, coming back to the very URL that was asked for */
  goOnAs(request: CanonicalRequest, token: string): string;
  /** where to sign out of everything; the hint names the session of this host, where that has one of its own */
  signOut(request: CanonicalRequest, providers: ProviderSlugs, hint?: string): string;
  /** where auth hands a session over from, for a person who wants to see `target` */
  authorize(
    target: string,
    providers: ProviderSlugs,
    codeRequest: CodeRequest,
    options: AuthorizationOptions,
  ): string;
  /** the URL that a link to our own sign-in leads back to: as signed by us, for this host, else its first page */
  ownTarget(request: CanonicalRequest, parameters: URLSearchParams): string;
};

/** How a sign-in by code begins: why it has to, if that is known, and whether the person is to choose an account. */
export type AuthorizationOptions = {
  readonly reason: Reason | undefined;
  readonly selectAccount: boolean;
  /** how long ago the person may have proved who they are; undefined: at any time */
  readonly provedWithinMs?: number | undefined;
};

/**
 * @param options.keys of the purpose `return address`
 */
export function createAddresses(options: {
  externalUrl: URL;
  clientId: string;
  secure: boolean;
  keys: KeyRing;
  /** whether a host gets the shared cookie */
  isShared: (host: string) => boolean;
  /** after this a person signs in again, milliseconds */
  lifetimeMs: number;
  now: () => number;
}): Addresses {
  const { externalUrl, clientId, secure, keys, isShared, now } = options;
  // OpenID Connect Core, section 3.1.2.1. Without it auth would send back a session that is too old for us.
  const maxAge = { max_age: Math.floor(options.lifetimeMs / 1000).toString() };

  // Where nobody says that we trust, applications have the scheme of auth, as BuzzFeed SSO has it: it sends everybody back
  // under SERVER_SCHEME. TLS ends before us, and `http` would send browsers out of it.
  function scheme({ forwardedProto }: CanonicalRequest): 'http' | 'https' {
    if (secure) return 'https';
    return forwardedProto ?? (externalUrl.protocol === 'https:' ? 'https' : 'http');
  }

  function origin(request: CanonicalRequest): string {
    return `${scheme(request)}://${authorityOf(request)}`;
  }

  // Arriving at the front door is better than not at all.
  // What a form was sent to may be no page at all.
  function wayBack(request: CanonicalRequest): string {
    const page = isReading(request.method) ? returnUrlOf(origin(request), request.target) : undefined;
    return page ?? `${origin(request)}/`;
  }

  function atAuth(
    page: 'sign_in' | 'start' | 'sign_out',
    providers: ProviderSlugs,
    returnTo: string,
    extra: Record<string, string>,
    codeRequest?: CodeRequest,
  ): string {
    const url = new URL(`/${providers[0]}/${page}`, externalUrl);
    const signed = signReturnAddress(returnTo, keys[0], now(), { codeRequest, providers });
    const asked = codeRequest === undefined ? {} : codeRequestParameters(codeRequest);
    url.search = new URLSearchParams({ client_id: clientId, ...signed, ...asked, ...extra }).toString();
    return url.href;
  }

  function here(
    request: CanonicalRequest,
    returnTo: string,
    extra: Record<string, string>,
    path: string = ownEndpoints.signIn.path,
  ): string {
    const url = new URL(path, origin(request));
    url.search = new URLSearchParams({ ...signReturnAddress(returnTo, keys[0], now()), ...extra }).toString();
    return url.href;
  }

  // Where it is not shared, the host itself knows its route when it leads on.
  function signInTo(
    request: CanonicalRequest,
    providers: ProviderSlugs,
    returnTo: string,
    { reason, provedWithinMs }: { reason: Reason; provedWithinMs: number | undefined },
  ): string {
    if (!isShared(request.host)) return here(request, returnTo, { reason });
    const extra = { reason, ...maxAge, ...provedWithin(provedWithinMs), began: now().toString() };
    return atAuth('sign_in', providers, returnTo, extra);
  }

  return {
    scheme,
    origin,
    signIn: (request, providers, reason, provedWithinMs) =>
      signInTo(request, providers, wayBack(request), { reason, provedWithinMs }),
    signInToStart: (request, providers, reason, provedWithinMs) =>
      signInTo(request, providers, `${origin(request)}/`, { reason, provedWithinMs }),
    switchAccount(request, providers, provedWithinMs) {
      const returnTo = wayBack(request);
      const prompt = { prompt: 'select_account' };
      return isShared(request.host)
        ? atAuth('start', providers, returnTo, { ...prompt, ...provedWithin(provedWithinMs) })
        : here(request, returnTo, prompt);
    },
    goOnAs: (request, token) => here(request, wayBack(request), { person: token }, ownEndpoints.person.path),
    signOut: (request, providers, hint) =>
      atAuth('sign_out', providers, `${origin(request)}/`, hint === undefined ? {} : { hint }),
    authorize(target, providers, codeRequest, { reason, selectAccount, provedWithinMs }) {
      const proof = provedWithin(provedWithinMs);
      if (selectAccount) {
        return atAuth('start', providers, target, { prompt: 'select_account', ...proof }, codeRequest);
      }
      const extra = { ...maxAge, ...proof, began: now().toString(), ...(reason && { reason }) };
      return atAuth('sign_in', providers, target, extra, codeRequest);
    },
    ownTarget(request, parameters) {
      const signed = Object.fromEntries(parameters);
      const flaw = refuseReturnAddress(signed, keys, now());
      // An old link still says where its person wanted to go; only who signed it and for which host counts.
      const target = flaw === undefined || flaw === 'expired' ? signed['redirect_uri'] : undefined;
      const isHere = URL.parse(target ?? '')?.origin === new URL(origin(request)).origin;
      return target !== undefined && isHere ? target : `${origin(request)}/`;
    },
  };
}

function provedWithin(ms: number | undefined): Record<string, string> {
  return ms === undefined ? {} : { [provedWithinParameter]: Math.floor(ms / 1000).toString() };
}
