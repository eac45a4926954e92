import type { Route, Target } from '@latchkey/upstreams';
import { isIP } from 'node:net';

/** Where a connection to an application leads, and how. A plain value: two that are equal lead to the same. */
export type Destination = {
  readonly kind: 'tcp';
  /** a name, or an address without brackets */
  readonly host: string;
  readonly port: number;
  /** whoever asks had a say in `host` */
  readonly madeByHost: boolean;
  readonly tls?: Tls;
};

/** How a connection is secured. */
export type Tls = {
  /** the name that the application is asked for and has to show; empty for an address */
  readonly serverName: string;
  readonly skipVerify: boolean;
};

/** Tells where the target of a route is. */
export function destinationOf(
  { origin, madeByHost }: Target,
  { tlsSkipVerify }: Pick<Route, 'tlsSkipVerify'>,
): Destination {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isSecure = protocol === 'https:';
  return {
    kind: 'tcp',
    host,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    madeByHost: madeByHost === true,
    // That of `to`, whatever `Host` says: with `preserve_host` that is the public name.
    ...(isSecure && { tls: { serverName: isIP(host) === 0 ? host : '', skipVerify: tlsSkipVerify } }),
  };
}
