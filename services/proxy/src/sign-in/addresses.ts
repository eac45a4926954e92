import type { Reason } from '@latchkey/access';
import type { CanonicalRequest } from '@latchkey/http';
import { signReturnAddress } from '@latchkey/session';
import type { Key } from '@latchkey/session';

/** Addresses at auth and on this host, as a browser would use them. */
export type Addresses = {
  /** where the request's host is, for a browser: `https://wiki.corp.example.com` */
  origin(request: CanonicalRequest): string;
  /** where to sign in, coming back to the very URL that was asked for */
  signIn(request: CanonicalRequest, slug: string, reason: Reason): string;
  /** where to sign in, coming back to the host's first page: for programs, which cannot come back to where they were */
  signInToStart(request: CanonicalRequest, slug: string, reason: Reason): string;
  /** where to choose another account, coming back to the very URL that was asked for */
  switchAccount(request: CanonicalRequest, slug: string): string;
  /** where to sign out of everything */
  signOut(request: CanonicalRequest, slug: string): string;
};

/**
 * @param options.key the key of the purpose `return address`
 */
export function createAddresses(options: {
  externalUrl: URL;
  clientId: string;
  secure: boolean;
  key: Key;
  now: () => number;
}): Addresses {
  const { externalUrl, clientId, secure, key, now } = options;

  function origin(request: CanonicalRequest): string {
    const scheme = secure ? 'https' : (request.forwardedProto ?? 'http');
    return `${scheme}://${authorityOf(request)}`;
  }

  function atAuth(path: string, returnTo: string, extra: Record<string, string>): string {
    const url = new URL(path, externalUrl);
    const signed = signReturnAddress(returnTo, key, now());
    url.search = new URLSearchParams({ client_id: clientId, ...signed, ...extra }).toString();
    return url.href;
  }

  return {
    origin,
    signIn: (request, slug, reason) =>
      atAuth(`/${slug}/sign_in`, origin(request) + urlSafe(request.target), { reason }),
    signInToStart: (request, slug, reason) => atAuth(`/${slug}/sign_in`, `${origin(request)}/`, { reason }),
    switchAccount: (request, slug) =>
      atAuth(`/${slug}/start`, origin(request) + urlSafe(request.target), { prompt: 'select_account' }),
    signOut: (request, slug) => atAuth(`/${slug}/sign_out`, `${origin(request)}/`, {}),
  };
}

/** The host as the caller wrote it, in canonical form, with its port if one was written. */
export function authorityOf(request: Pick<CanonicalRequest, 'host' | 'port'>): string {
  return request.port === undefined ? request.host : `${request.host}:${request.port}`;
}

// A browser may send these raw in a query, and a URL that holds them raw is one that two parsers read in two ways.
// Escaped they mean the same to the application. Bytes above 0x7e arrive as Latin-1 characters, one each.
function urlSafe(target: string): string {
  return target.replace(
    /[^!-~]|[\\"<>^`{|}]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
