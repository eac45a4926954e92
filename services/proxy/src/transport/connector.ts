import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { hearOut } from './hear-out.ts';
import { lookupElsewhere, refuseLocalLiteral } from './local-addresses.ts';

const connectWithinMs = 5_000;

/** The name under which an upstream presents itself: that of `to`, whatever `Host` says. An address has none. */
export function serverNameOf(origin: string): string {
  const { hostname } = new URL(origin);
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '';
}

/**
 * Makes what opens connections to an upstream.
 *
 * @param stayElsewhere whether nothing local may be connected to
 */
export function connectorTo(
  origin: string,
  tlsSkipVerify: boolean,
  stayElsewhere: boolean,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectWithinMs,
    rejectUnauthorized: !tlsSkipVerify,
    allowH2: false,
    ...(stayElsewhere && { lookup: lookupElsewhere }),
  });
  return (options, callback) => {
    const refusal = stayElsewhere ? refuseLocalLiteral(options.hostname) : undefined;
    if (refusal !== undefined) return callback(refusal, null);
    // undici takes the name from the `Host` header, which with `preserve_host` is the public one.
    return connect({ ...options, servername: serverNameOf(origin) }, (...[error, socket]) => {
      if (error === null) callback(null, hearOut(socket));
      else callback(error, null);
    });
  };
}
