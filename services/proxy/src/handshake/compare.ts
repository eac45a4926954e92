import type { HandshakeFacts } from '@latchkey/contract';
import { clockSkewMs, isWithinDomain } from '@latchkey/session';

/** Everything in which proxy and auth may not go together. */
export const mismatchKinds = [
  'client',
  'host',
  'contract',
  'clock',
  'client_secret',
  'cookie_name',
  'cookie_secure',
  'cookie_domain',
  'cookie_secret',
] as const;

/** One of them that was found. */
export type Mismatch = {
  readonly what: (typeof mismatchKinds)[number];
  /** whether nobody can sign in with it, or the shared cookie is none; with the others every host works as it is configured */
  readonly stops: boolean;
  /** what was found, and what to write in which service; it holds no secret, nor anything that is made from one */
  readonly sentence: string;
};

/** Auth takes us for a stranger. */
export const strangerMismatch: Mismatch = {
  what: 'client',
  stops: true,
  sentence:
    'auth refuses the credentials of the proxy: write the same into CLIENT_ID of the proxy and CLIENT_PROXY_ID of auth, and have the first CLIENT_SECRET of the proxy among CLIENT_PROXY_SECRET of auth',
};

/** Auth answers to another name. */
export function hostMismatch(host: string): Mismatch {
  const sentence = `auth does not answer to "${host}": write the host of PROVIDER_URL_EXTERNAL of the proxy into SERVER_HOST of auth, with the same port`;
  return { what: 'host', stops: true, sentence };
}

/**
 * Compares what the two go by.
 *
 * @param asked when the proxy asked and when it had the answer, by its clock: that of auth was read in between
 */
export function mismatches(
  proxy: HandshakeFacts,
  auth: HandshakeFacts,
  asked: { readonly sent: number; readonly received: number },
): Mismatch[] {
  return [
    contractMismatch(proxy.contract, auth.contract),
    clockMismatch(auth.now, asked),
    clientSecretMismatch(proxy, auth),
    ...cookieMismatches(proxy.cookie, auth.cookie),
  ].filter((found) => found !== undefined);
}

type Contract = HandshakeFacts['contract'];

function contractMismatch(proxy: Contract, auth: Contract): Mismatch | undefined {
  const [older, newer] =
    proxy.version < auth.version ? (['proxy', 'auth'] as const) : (['auth', 'proxy'] as const);
  if (proxy.version >= auth.oldest && auth.version >= proxy.oldest) return undefined;
  const sentence = `the proxy speaks version ${proxy.version} with auth and understands ${proxy.oldest} and later, auth speaks ${auth.version} and understands ${auth.oldest} and later: run the image that ${newer} has for ${older}, too`;
  return { what: 'contract', stops: true, sentence };
}

// As far apart as what is signed and sealed allows for.
function clockMismatch(
  ofAuth: number,
  { sent, received }: { sent: number; received: number },
): Mismatch | undefined {
  const aheadMs = Math.max(ofAuth - received, 0) - Math.max(sent - ofAuth, 0);
  if (Math.abs(aheadMs) <= clockSkewMs) return undefined;
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const sentence = `the clock of auth is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the proxy, so that sign-ins and sessions are refused: let both machines set their clocks by NTP`;
  return { what: 'clock', stops: true, sentence };
}

// That auth knows the one that the proxy shows first is what its credentials have just proved.
function clientSecretMismatch(proxy: HandshakeFacts, auth: HandshakeFacts): Mismatch | undefined {
  if (isKnown(auth.client_keys, proxy.client_keys)) return undefined;
  const sentence =
    'the proxy does not know the secret that auth signs with, the first of CLIENT_PROXY_SECRET: write that one into CLIENT_SECRET of the proxy, behind its own while it is being changed';
  return { what: 'client_secret', stops: true, sentence };
}

type Cookie = HandshakeFacts['cookie'];

/** Without a domain at the proxy there is no cookie that both have to open: sessions are handed over by a code. */
function cookieMismatches(proxy: Cookie, auth: Cookie): Mismatch[] {
  if (proxy.domain === undefined) return [];
  const found: Mismatch[] = [];
  if (proxy.domain !== auth.domain) found.push(domainMismatch(proxy.domain, auth.domain));
  if (!areShared(proxy.domain, auth.domain)) return found;
  if (proxy.name !== auth.name) {
    const sentence = `SESSION_COOKIE_NAME is "${proxy.name}" at the proxy and "${auth.name}" at auth, so that the proxy does not find the session cookie: write the same into both services`;
    found.push({ what: 'cookie_name', stops: true, sentence });
  }
  if (proxy.secure !== auth.secure) {
    const sentence = `SESSION_COOKIE_SECURE is ${proxy.secure} at the proxy and ${auth.secure} at auth, so that the session cookie has another name in each: write the same into both services`;
    found.push({ what: 'cookie_secure', stops: true, sentence });
  }
  // Auth alone seals the shared cookie, also when it is renewed: it need not know what the proxy seals with.
  if (!isKnown(auth.keys, proxy.keys)) {
    const sentence =
      'the proxy cannot open the session cookie, since it does not know the first SESSION_COOKIE_SECRET of auth: write that one into SESSION_COOKIE_SECRET of the proxy, behind its own while it is being changed, or take SESSION_COOKIE_DOMAIN out of the proxy, and each host gets a session of its own by more redirects';
    found.push({ what: 'cookie_secret', stops: true, sentence });
  }
  return found;
}

// The cookie of a wider domain reaches every host that the proxy expects it at, so a proxy of a part of auth's domain may be meant.
function domainMismatch(ofProxy: string, ofAuth: string | undefined): Mismatch {
  const found = `SESSION_COOKIE_DOMAIN is "${ofProxy}" at the proxy and ${ofAuth === undefined ? 'not set' : `"${ofAuth}"`} at auth`;
  const stops = ofAuth === undefined || !isWithinDomain(ofProxy, ofAuth);
  const sentence = stops
    ? `${found}, so that not every host below that of the proxy gets the session cookie: write the same into both services, or none at the proxy, and each host gets a session of its own by more redirects`
    : `${found}, so that hosts below only one of them get a session of their own by more redirects: write the same into both services`;
  return { what: 'cookie_domain', stops, sentence };
}

// A host below both domains gets the cookie of the wider one.
function areShared(one: string, other: string | undefined): boolean {
  return other !== undefined && (isWithinDomain(one, other) || isWithinDomain(other, one));
}

function isKnown([first]: readonly string[], known: readonly string[]): boolean {
  return first !== undefined && known.includes(first);
}
