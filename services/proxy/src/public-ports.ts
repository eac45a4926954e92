import { withoutImpliedPort } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import { servesPort } from '@latchkey/upstreams';
import type { RouteMatch } from '@latchkey/upstreams';

/** The ports at which browsers reach the applications. */
export type PublicPorts = {
  /** The request without a port that its scheme implies. */
  withoutImplied(request: CanonicalRequest): CanonicalRequest;
  /** Whether a request is for a port that is ours: the `Host` header is a stranger's word. */
  serves(request: CanonicalRequest, match: RouteMatch): boolean;
};

/**
 * @param options.ports `SERVER_PUBLIC_PORTS`
 * @param options.scheme in which browsers reach us, by a request
 */
export function publicPorts(options: {
  ports: readonly number[];
  scheme: (request: CanonicalRequest) => 'http' | 'https';
}): PublicPorts {
  return {
    withoutImplied: (request) => withoutImpliedPort(request, options.scheme(request)),
    serves: ({ port }, match) => servesPort(match, port, options.ports),
  };
}
