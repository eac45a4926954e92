import type { CanonicalRequest } from '@latchkey/http';
import { servesPort } from '@latchkey/upstreams';
import type { RouteMatch } from '@latchkey/upstreams';

/** The ports at which browsers reach the applications. */
export type PublicPorts = {
  /**
   * The request without the port that its scheme implies, which browsers leave out: the scheme in which they reach us, and that
   * in which this one came to the load balancer, for a listener there that serves plain HTTP only to be sent on.
   */
  withoutImplied(request: CanonicalRequest): CanonicalRequest;
  /** Whether a request is for a port that is ours: the `Host` header is a stranger's word. */
  serves(request: CanonicalRequest, match: RouteMatch): boolean;
};

const impliedPorts = { http: 80, https: 443 } as const;

/**
 * @param options.ports `SERVER_PUBLIC_PORTS`
 * @param options.scheme in which browsers reach us, by a request
 */
export function publicPorts(options: {
  ports: readonly number[];
  scheme: (request: CanonicalRequest) => 'http' | 'https';
}): PublicPorts {
  return {
    withoutImplied(request) {
      const scheme = options.scheme(request);
      const implied = [scheme, request.forwardedProto ?? scheme].map((one) => impliedPorts[one]);
      return implied.some((port) => port === request.port) ? { ...request, port: undefined } : request;
    },
    serves: ({ port }, match) => servesPort(match, port, options.ports),
  };
}
