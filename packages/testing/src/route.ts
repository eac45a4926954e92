import { compilePolicy } from '@latchkey/access';
import type { Route, UpstreamDefaults } from '@latchkey/upstreams';

/** The route of wiki.example.com, which lets in the group `staff`; its policy follows from its rules. */
export function aRoute(options: Partial<Omit<Route, 'policy'>> = {}): Route {
  const route: Omit<Route, 'policy'> = {
    id: 'wiki',
    service: 'wiki',
    from: 'wiki.example.com',
    kind: 'simple',
    rules: { groups: ['staff'], emailDomains: [], emailAddresses: [] },
    publicPaths: [],
    skipAuthPreflight: false,
    writtenRules: [],
    tags: [],
    passAccessToken: false,
    allowRootServiceWorker: false,
    forwardAuth: false,
    providerSlugs: ['google'],
    allowedOrigins: [],
    stripRequestHeaders: [],
    injectRequestHeaders: [],
    headerOverrides: [],
    assertionHeader: { name: 'X-Latchkey-Jwt-Assertion', scheme: '' },
    assertionClaims: [],
    timeoutMs: 1_000,
    resetDeadlineMs: 1_000,
    keepAliveMs: 1_000,
    preserveHost: false,
    preserveLocation: false,
    protocol: 'http1',
    tlsSkipVerify: false,
    tls: { files: {} },
    skipRequestSigning: false,
    position: { line: 1, column: 1 },
    ...options,
  };
  return { ...route, policy: compilePolicy(route) };
}

/** What an upstream file is read with where the environment has no rule of its own. */
export const noDefaultRules: UpstreamDefaults = {
  emailDomains: [],
  emailAddresses: [],
  groups: [],
  timeoutMs: 10_000,
  resetDeadlineMs: 60_000,
  provider: 'google',
};

/** A file with one service, whose `default` has these options, one per line; the first is on line 6. */
export function withOptions(...options: string[]): string {
  const lines = options.map((option) => `\n      ${option}`).join('');
  return `- service: wiki\n  default:\n    from: wiki.example.com\n    to: http://wiki.internal\n    options:${lines}\n`;
}
