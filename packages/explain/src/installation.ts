import type { AccountRules } from '@latchkey/access';
import type { OutgoingProxy } from '@latchkey/http';
import type { ProxySettings } from '@latchkey/settings';
import type { RouteTable } from '@latchkey/upstreams';

/** What requests are decided with. */
export type Installation = {
  readonly table: RouteTable;
  /** undefined where nothing is known of it */
  readonly proxy: ProxyKnowledge | undefined;
  readonly auth: AuthKnowledge | undefined;
};

/** What of the proxy's variables has a say in what becomes of a request. */
export type ProxyKnowledge = {
  /** Whether browsers reach the applications over HTTPS only. */
  readonly secure: boolean;
  /** Whether there is a load balancer that is believed when it says how a browser reached it. */
  readonly hasTrustedProxies: boolean;
  /** How browsers reach auth, and the applications where nobody who is trusted says how they come. */
  readonly scheme: 'http' | 'https';
  /** The ports at which browsers reach every application. */
  readonly publicPorts: readonly number[];
  /** Whether applications get signed assertions. */
  readonly assertions: boolean;
  /** How applications are reached where that is not by the network alone. */
  readonly outgoing: OutgoingProxy | undefined;
};

/** What the settings of the proxy say of that. */
export function knowledgeOf(settings: ProxySettings): ProxyKnowledge {
  const { session, server, provider, assertionKey, outgoing } = settings;
  return {
    secure: session.cookie.secure,
    hasTrustedProxies: server.trustedProxies.length > 0,
    scheme: provider.externalUrl.protocol === 'http:' ? 'http' : 'https',
    publicPorts: server.publicPorts,
    assertions: assertionKey !== undefined,
    outgoing,
  };
}

/** What auth decides about people, as far as that is known. */
export type AuthKnowledge = {
  readonly accounts: AccountRules | undefined;
  /** The slugs of its providers. */
  readonly slugs: readonly string[] | undefined;
  /** Where it sends people back to; `*` for anywhere. */
  readonly proxyDomains: readonly string[] | undefined;
};
