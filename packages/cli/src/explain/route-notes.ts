import { createProxyFor } from '@latchkey/http';
import { describeDuration } from '@latchkey/upstreams';
import type { Explained } from './explained.ts';

/** What the options of a route, and the way to its application, have to do with an answer; one sentence each. */
export function notesOnRoute(explained: Explained): string[] {
  return [
    ...aboutTokens(explained),
    ...aboutFreshness(explained),
    ...aboutServerInFront(explained),
    ...aboutOutgoingProxy(explained),
  ];
}

function aboutTokens({ asked: { token }, answer: { route }, installation: { table } }: Explained): string[] {
  if (token === undefined || route === undefined) return [];
  if (route.bearer === undefined) return ['the route takes no tokens: it has no `bearer: true`'];
  const { issuer, claims } = token;
  const isKnown = issuer === undefined || table.root.issuers.some((one) => one.issuer === issuer);
  return [
    ...(isKnown
      ? []
      : [`${issuer} is not among the \`issuers\` of the file: unless it is auth, none of its tokens counts`]),
    ...(claims === undefined
      ? []
      : ['no service account of the file is known by these claims, so it calls as a program of its issuer']),
  ];
}

// How long ago somebody proved who they are, or used the application, is not part of the question.
function aboutFreshness({ answer: { route, reason } }: Explained): string[] {
  if (!route || reason === undefined || reason === 'public_path' || reason === 'preflight') return [];
  const { maxAuthAgeMs, idleTimeoutMs } = route;
  const proof = maxAuthAgeMs !== undefined && describeDuration(maxAuthAgeMs);
  const use = idleTimeoutMs !== undefined && describeDuration(idleTimeoutMs);
  return [
    ...(proof === false
      ? []
      : [
          `max_auth_age: a person whom the provider authenticated more than ${proof} ago, or at an unknown time, has to sign in again first (session_proof_old)`,
        ]),
    ...(use === false
      ? []
      : [
          `idle_timeout: a person without a request to this host within ${use}, or at the first visit, has to sign in again first (session_idle), unless the provider authenticated them within ${use}`,
        ]),
  ];
}

function aboutServerInFront({ answer: { route }, installation: { proxy } }: Explained): string[] {
  if (route?.forwardAuth !== true) return [];
  return proxy?.hasTrustedProxies === false
    ? ['forward_auth has no effect: SERVER_TRUSTED_PROXIES is not set, so no server in front is trusted']
    : ['a server in front that asks about it gets the same answer, by forward_auth'];
}

function aboutOutgoingProxy({ answer: { upstream }, installation: { proxy } }: Explained): string[] {
  const url = URL.parse(upstream?.url ?? '');
  if (url === null || !/^https?:$/.test(url.protocol)) return [];
  const isSecure = url.protocol === 'https:';
  const between = createProxyFor(proxy?.outgoing ?? {})({
    isSecure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (isSecure ? 443 : 80)),
  });
  return between === undefined
    ? []
    : [
        `it is reached through the outgoing proxy ${between.origin} (${isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY'})`,
      ];
}
