import type { Route, StartTls, Target } from '@latchkey/upstreams';
import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { SecuredWith } from '../tls/client-identities.ts';

/**
 * Where a connection to an application leads, and how: by itself, or `via` a connector. A plain value: two that are equal lead to
 * the same.
 */
export type Destination =
  | {
      readonly kind: 'tcp';
      /** a name, or an address without brackets */
      readonly host: string;
      readonly port: number;
      /** the client had a say in `host` */
      readonly madeByHost: boolean;
      readonly tls?: Tls;
      readonly via?: string;
      /** what goes over it is not HTTP, which the connector has to know */
      readonly raw?: true;
      /** it is the connector that begins TLS with the application */
      readonly secure?: true;
    }
  | { readonly kind: 'unix'; readonly path: string; readonly tls?: undefined; readonly via?: string };

/** How a connection is secured. */
export type Tls = {
  /** the name that the application is asked for and has to show; empty for an address */
  readonly serverName: string;
  readonly skipVerify: boolean;
  /** HTTP/2 is asked for, and nothing else will do */
  readonly http2?: true;
  /** what goes over it is not HTTP */
  readonly raw?: true;
  /** what is spoken before it begins */
  readonly startTls?: StartTls;
  /** what it is secured with, where the route says anything of that */
  readonly credentials?: SecuredWith;
};

/** Tells where the target of a route is. */
export function destinationOf(
  { origin, socketPath, madeByHost }: Target,
  { tlsSkipVerify, tls, startTls, via }: Pick<Route, 'tlsSkipVerify' | 'tls' | 'startTls' | 'via'>,
  credentials: Tls['credentials'],
): Destination {
  const through = via === undefined ? {} : { via };
  if (socketPath !== undefined) return { kind: 'unix', path: socketPath, ...through };
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isSecure = protocol === 'https:' || protocol === 'tls:' || startTls !== undefined;
  // It has to read the requests. What is not HTTP it passes on as it is.
  const isByConnector = protocol === 'https:' && via !== undefined;
  return {
    kind: 'tcp',
    host,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    madeByHost: madeByHost === true,
    ...through,
    ...((protocol === 'tcp:' || protocol === 'tls:') && { raw: true }),
    ...(isByConnector && { secure: true }),
    ...(isSecure &&
      !isByConnector && {
        tls: {
          // Whatever `Host` says: with `preserve_host` that is the public name. An address has no name.
          serverName: tls.serverName ?? (isIP(host) === 0 ? host : ''),
          skipVerify: tlsSkipVerify,
          ...(protocol !== 'https:' && { raw: true }),
          ...(startTls !== undefined && { startTls }),
          ...(credentials !== undefined && { credentials }),
        },
      }),
  };
}

/** The same place, over HTTP/2. Without TLS nothing is agreed upon, and the connection is the same. */
export function overHttp2(destination: Destination): Destination {
  if (destination.tls === undefined) return { ...destination };
  return { ...destination, tls: { ...destination.tls, http2: true } };
}

/** What secures a connection beside its name, as `tls.connect` takes it; nothing where the route says nothing of that. */
export function secureContextOf(tls: Tls | undefined): { readonly secureContext?: SecureContext } {
  const { credentials } = tls ?? {};
  const hasContext = typeof credentials === 'object' && 'secureContext' in credentials;
  return hasContext ? { secureContext: credentials.secureContext } : {};
}

/**
 * All that has to be the same for two requests to go over one connection, as text. Different ones never make one text
 * (GHSA-v574-6498-x57v).
 */
export function keyOf(destination: Destination): string {
  return JSON.stringify(destination, (name, value: unknown) =>
    name === 'credentials' ? markOf(value) : value,
  );
}

// Files are compared by their fingerprint, so that no key of ours becomes part of a text.
function markOf(credentials: unknown): unknown {
  if (credentials instanceof Error) return { none: credentials.message };
  const hasMark = typeof credentials === 'object' && credentials !== null && 'fingerprint' in credentials;
  return hasMark ? credentials.fingerprint : credentials;
}
