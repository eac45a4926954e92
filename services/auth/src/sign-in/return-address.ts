import { canonicalHost } from '@latchkey/http';
import type { HostName } from '@latchkey/http';
import { isWithinDomain, refuseReturnAddress } from '@latchkey/session';
import type { CodeRequest, KeyRing, SignedReturnAddress } from '@latchkey/session';

/** Where a browser may be sent back to. */
export type ReturnRules = {
  /** domains of the applications, each with what lies below it; `*` for any */
  readonly proxyDomains: readonly string[];
  /** the host that sets the session cookie */
  readonly ownHost: string;
  /** our own origin, to whose pages a sign-in may lead, too */
  readonly ownOrigin: string;
  /** the domain that the session cookie is set for; undefined for the own host alone */
  readonly cookieDomain: string | undefined;
  /** Secure cookies do not travel over plain HTTP, so a browser that returns there comes back without one */
  readonly secure: boolean;
};

/** Why an address is refused, in words for the log. */
export type ReturnAddressRefusal = 'not a plain URL' | 'plain HTTP' | 'foreign host';

/** A return address that may be used, as it was given and as it is read. */
export type ReturnAddress = { readonly url: string; readonly host: HostName };

// Printable ASCII without space and backslash, and an authority right after the scheme. Everything else is text that
// some reader takes for another host (CVE-2020-4037, CVE-2020-11053, CVE-2020-5233, CVE-2021-21291).
const plainUrl = /^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/;
const plainText = /^[\x21-\x5b\x5d-\x7e]+$/;

/**
 * Reads an address that the browser may be sent to. Hosts are compared as parsed, never as text.
 *
 * @returns the address, or why it is refused
 */
export function readReturnAddress(text: string, rules: ReturnRules): ReturnAddress | ReturnAddressRefusal {
  if (!plainText.test(text) || !plainUrl.test(text)) return 'not a plain URL';
  const url = URL.parse(text);
  const host = url === null ? undefined : canonicalHost(url.hostname);
  if (url === null || host === undefined) return 'not a plain URL';
  if (rules.secure && url.protocol !== 'https:') return 'plain HTTP';
  if (url.origin === rules.ownOrigin) return { url: text, host };
  if (!rules.proxyDomains.some((domain) => domain === '*' || isWithinDomain(host, domain))) {
    return 'foreign host';
  }
  return { url: text, host };
}

/** What a signed return address turned out to be. `expired` is genuine and allowed, only no longer good to start with. */
export type SignedReturn =
  | { readonly address: ReturnAddress; readonly expired: boolean }
  | { readonly refusal: ReturnAddressRefusal | 'unsigned' | 'forged' | 'from the future' };

/** Verifies that the proxy signed a return address, with all that it asks for, and that it leads where browsers may be sent. */
export function verifyReturn(
  signed: Partial<SignedReturnAddress>,
  rules: ReturnRules,
  { keys, now, codeRequest }: { keys: KeyRing; now: number; codeRequest?: CodeRequest | undefined },
): SignedReturn {
  const flaw = refuseReturnAddress(signed, keys, now, codeRequest);
  if (flaw !== undefined && flaw !== 'expired') return { refusal: flaw };
  const address = readReturnAddress(signed.redirect_uri ?? '', rules);
  if (typeof address === 'string') return { refusal: address };
  return { address, expired: flaw === 'expired' };
}

/** Tells whether a browser sends the shared cookie to the host of an address that may be used. */
export function readsSharedCookie(url: string, { ownHost, cookieDomain }: ReturnRules): boolean {
  const host = canonicalHost(new URL(url).hostname);
  if (host === undefined) return false;
  return cookieDomain === undefined ? host === ownHost : isWithinDomain(host, cookieDomain);
}
