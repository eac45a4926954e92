import { buildConnector } from 'undici';
import type { Destination } from './destination.ts';
import { hearOut } from './hear-out.ts';
import { lookupElsewhere, refuseLocalLiteral } from './local-addresses.ts';

/** Opens connections to applications: the one place that does, whatever goes over them. */
export type Dialer = {
  /** Opens one, ready to be written to, or says why there is none. */
  dial(destination: Destination, dialed: buildConnector.Callback): void;
};

const connectWithinMs = 5_000;

/** @param options.allowLocalTargets whether a destination that a host name made may be local */
export function createDialer({ allowLocalTargets }: { allowLocalTargets: boolean }): Dialer {
  // A connector remembers TLS sessions, so it is made once for each destination.
  const connectors = new WeakMap<Destination, buildConnector.connector>();

  function connectorTo(destination: Destination): buildConnector.connector {
    const before = connectors.get(destination);
    if (before !== undefined) return before;
    const connector = buildConnector({
      timeout: connectWithinMs,
      rejectUnauthorized: destination.tls?.skipVerify !== true,
      // Faithful forwarding: what came as HTTP/1.1 leaves as HTTP/1.1.
      allowH2: false,
      ...(staysElsewhere(destination) && { lookup: lookupElsewhere }),
    });
    connectors.set(destination, connector);
    return connector;
  }

  function staysElsewhere({ madeByHost }: Destination): boolean {
    return madeByHost && !allowLocalTargets;
  }

  return {
    dial(destination, dialed) {
      const { host, port, tls } = destination;
      const refusal = staysElsewhere(destination) ? refuseLocalLiteral(host) : undefined;
      if (refusal !== undefined) return dialed(refusal, null);
      const address = {
        hostname: host,
        port: String(port),
        protocol: tls === undefined ? 'http:' : 'https:',
        ...(tls !== undefined && { servername: tls.serverName }),
      };
      return connectorTo(destination)(address, (...[error, socket]) => {
        if (error === null) dialed(null, hearOut(socket));
        else dialed(error, null);
      });
    },
  };
}
