import type { AuthSettings, ProxySettings } from '@latchkey/settings';
import type { Finding } from '../finding.ts';
import { lints } from '../lints/table.ts';
import { entryOf, remarkFinding } from './start-up.ts';
import type { StartUp } from './start-up.ts';

/** A variable of the proxy and the one of auth that has to go with it. */
type Pair = {
  readonly ofProxy: string;
  readonly ofAuth: string;
  readonly agree: (proxy: ProxySettings, auth: AuthSettings) => boolean;
  readonly consequence: string;
};

const pairs: readonly Pair[] = [
  {
    ofProxy: 'CLIENT_ID',
    ofAuth: 'CLIENT_PROXY_ID',
    agree: (proxy, auth) => proxy.client.id === auth.client.id,
    consequence: 'auth does not know the proxy, and nobody can sign in: write the same value in both',
  },
  {
    ofProxy: 'CLIENT_SECRET',
    ofAuth: 'CLIENT_PROXY_SECRET',
    // While it is being changed, each has to know the one that the other uses.
    agree: ({ client: { secrets: ofProxy } }, { client: { secrets: ofAuth } }) =>
      ofAuth.includes(ofProxy[0]) && ofProxy.includes(ofAuth[0]),
    consequence: 'the services do not trust each other, and nobody can sign in: write the same value in both',
  },
  {
    ofProxy: 'PROVIDER_URL_EXTERNAL',
    ofAuth: 'SERVER_HOST',
    agree: (proxy, auth) => isSameHost(proxy.provider.externalUrl, auth.server),
    consequence: 'people are sent to an address where auth does not answer: write the same host in both',
  },
  {
    ofProxy: 'PROVIDER_URL_EXTERNAL',
    ofAuth: 'SERVER_SCHEME',
    agree: ({ provider }, { server }) => provider.externalUrl.protocol === `${server.scheme}:`,
    consequence:
      'people come back from the provider under another scheme, and their sign-in is not found: write the same scheme in both',
  },
  {
    ofProxy: 'PROVIDER_URL_INTERNAL',
    ofAuth: 'SERVER_INTERNAL_PORT',
    agree: ({ provider }, { server }) =>
      server.internalPort === undefined || provider.internalUrl.href !== provider.externalUrl.href,
    consequence:
      'the proxy uses the address for browsers, where auth does not answer it: write the address of that port',
  },
  {
    ofProxy: 'SESSION_COOKIE_NAME',
    ofAuth: 'SESSION_COOKIE_NAME',
    agree: (proxy, auth) => isOnItsOwn(proxy) || proxy.session.cookie.name === auth.session.cookie.name,
    consequence: 'the proxy does not find the shared session cookie: write the same value in both',
  },
  {
    ofProxy: 'SESSION_COOKIE_DOMAIN',
    ofAuth: 'SESSION_COOKIE_DOMAIN',
    agree: (proxy, auth) => proxy.session.cookie.domain === auth.session.cookie.domain,
    consequence:
      'hosts below only one of the domains get a session of their own, with more redirects, and a proxy whose own does not lie within that of auth is not ready: write the same value in both',
  },
  {
    ofProxy: 'SESSION_COOKIE_SECRET',
    ofAuth: 'SESSION_COOKIE_SECRET',
    agree: (proxy, auth) =>
      isOnItsOwn(proxy) || proxy.session.cookie.secrets.includes(auth.session.cookie.secrets[0]),
    consequence:
      'the proxy cannot decrypt the shared session cookie, and is not ready: write the same value in both',
  },
  {
    ofProxy: 'SESSION_COOKIE_SECURE',
    ofAuth: 'SESSION_COOKIE_SECURE',
    agree: (proxy, auth) => isOnItsOwn(proxy) || proxy.session.cookie.secure === auth.session.cookie.secure,
    consequence: 'the shared session cookie has a different name in each: write the same value in both',
  },
  {
    ofProxy: 'ADMIN_SECRET',
    ofAuth: 'ADMIN_SECRET',
    agree: (proxy, auth) =>
      proxy.adminSecrets?.some((secret) => auth.adminSecrets?.includes(secret)) !== true,
    consequence:
      'anyone who takes over the proxy can list and end the sessions of everybody: write different secrets',
  },
];

/** What the proxy and auth are configured differently in although it has to be the same. No value is shown. */
export function disagreements(proxy: StartUp<ProxySettings>, auth: StartUp<AuthSettings>): Finding[] {
  return pairs
    .filter(({ ofProxy, ofAuth, agree }) => {
      const bothAreKnown = !proxy.unknown.has(ofProxy) && !auth.unknown.has(ofAuth);
      return bothAreKnown && !agree(proxy.settings, auth.settings);
    })
    .map(({ ofProxy, ofAuth, consequence }) => {
      const of = ofProxy === ofAuth ? 'the one of auth' : `${ofAuth} of auth`;
      const message = `does not match ${of}${placeOf(ofAuth, auth)}, so ${consequence}`;
      return remarkFinding(lints.servicesDisagree, { variable: ofProxy, message, others: [ofAuth] }, proxy);
    });
}

function placeOf(name: string, own: StartUp): string {
  const entry = entryOf(name, own);
  return entry ? ` (${entry.file}:${entry.line})` : '';
}

/** Without a domain there is no cookie that both have to open: sessions are handed over by a code. */
function isOnItsOwn({ session }: ProxySettings): boolean {
  return session.cookie.domain === undefined;
}

function isSameHost(external: URL, { host, scheme }: AuthSettings['server']): boolean {
  return external.host === URL.parse(`${scheme}://${host}`)?.host;
}
