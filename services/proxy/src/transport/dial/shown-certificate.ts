import { upTo } from '@latchkey/http';
import { LRUCache } from 'lru-cache';
import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { keyOf } from './destination.ts';
import type { Shown } from '../connectors/dial.ts';
import type { Destination } from './destination.ts';

/**
 * Gives the certificate that an application shows; undefined where it cannot be looked at.
 *
 * @param shown what a connector on the way asks for
 */
export type ShownCertificate = (
  destination: Destination,
  shown: Shown | undefined,
) => Promise<X509Certificate | undefined>;

const kept = 500;
// Everybody who opens an application runs into its certificate, and each look is a handshake.
const lookAgainAfterMs = 10_000;

/**
 * Makes the look at certificates that were not accepted: Node says what is wrong with one, and not which one it was. It takes a
 * connection over which nothing is sent, one for all who ask within a while.
 *
 * @param connect opens a connection that any certificate is good for
 */
export function createShownCertificate(
  connect: (destination: Destination, shown: Shown | undefined, dialed: buildConnector.Callback) => void,
): ShownCertificate {
  const looks = new LRUCache<string, ReturnType<ShownCertificate>>({ ...upTo(kept), ttl: lookAgainAfterMs });

  return function shownBy(destination, shown) {
    const key = keyOf(destination);
    const before = looks.get(key);
    if (before !== undefined) return before;
    const look = new Promise<X509Certificate | undefined>((resolve) => {
      connect(destination, shown, (...[, socket]) => {
        resolve(socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined);
        socket?.destroy();
      });
    });
    looks.set(key, look);
    return look;
  };
}
