import { targetText } from '@latchkey/contract';
import type { ProxyFor } from '@latchkey/http';
import { buildConnector } from 'undici';
import type { DialThrough, Shown } from '../connectors/dial.ts';
import { CertificateError, CredentialsError, isAboutCertificate } from '../tls/certificate.ts';
import { secureContextOf } from './destination.ts';
import type { Destination } from './destination.ts';
import { hearOut } from './hear-out.ts';
import { lookupElsewhere, refuseLocalLiteral } from './local-addresses.ts';
import { connectThrough } from './outgoing-proxy.ts';
import { isRawTls, secure } from './secure.ts';
import type { RawTls } from './secure.ts';
import { createShownCertificate } from './shown-certificate.ts';

/** Opens connections to applications: the one place that does, whatever goes over them. */
export type Dialer = {
  /**
   * Opens one, ready to be written to, or says why there is none.
   *
   * @param shown what a connector asks for before it leads to what is not HTTP
   */
  dial(destination: Destination, dialed: buildConnector.Callback, shown?: Shown): void;
};

const connectWithinMs = 5_000;

/**
 * @param options.allowLocalTargets whether a destination that a host name made may be local
 * @param options.proxyFor the outgoing proxy that leads to a destination
 * @param options.dialThrough has a connector lead to one
 */
export function createDialer({
  allowLocalTargets,
  proxyFor,
  dialThrough,
}: {
  allowLocalTargets: boolean;
  proxyFor: ProxyFor;
  dialThrough: DialThrough;
}): Dialer {
  // A connector remembers TLS sessions, so it is made once for each destination.
  const connectors = new WeakMap<Destination, buildConnector.connector>();

  function connectorTo(destination: Destination): buildConnector.connector {
    const before = connectors.get(destination);
    if (before !== undefined) return before;
    const connector = connectorWith(destination, { isChecked: destination.tls?.skipVerify !== true });
    connectors.set(destination, connector);
    return connector;
  }

  function connectorWith(
    destination: Destination,
    { isChecked }: { isChecked: boolean },
  ): buildConnector.connector {
    return buildConnector({
      timeout: connectWithinMs,
      rejectUnauthorized: isChecked,
      ...secureContextOf(destination.tls),
      ...(destination.kind === 'unix' && { socketPath: destination.path }),
      // What is spoken is the route's to say, and no matter of what an application would like best.
      allowH2: destination.tls?.http2 === true,
      preferH2: true,
      ...(staysElsewhere(destination) && { lookup: lookupElsewhere }),
    });
  }

  function staysElsewhere(destination: Destination): boolean {
    return destination.kind === 'tcp' && destination.madeByHost && !allowLocalTargets;
  }

  function refuse(destination: Destination): Error | undefined {
    if (destination.kind === 'unix') return undefined;
    const credentials = destination.tls?.credentials;
    if (credentials === 'unusable') return new CredentialsError();
    if (credentials instanceof Error) return credentials;
    // What is local to a connector is not local to us.
    if (destination.via !== undefined) return undefined;
    return staysElsewhere(destination) ? refuseLocalLiteral(destination.host) : undefined;
  }

  function proxyTo(destination: Destination): URL | undefined {
    if (destination.kind === 'unix') return undefined;
    return proxyFor({ ...destination, isSecure: destination.tls !== undefined });
  }

  // TLS is with the application, whatever is between: the outgoing proxy sees where it leads, and no more.
  function connect(
    connector: buildConnector.connector,
    destination: Destination,
    dialed: buildConnector.Callback,
  ): void {
    const proxy = proxyTo(destination);
    if (destination.kind === 'unix' || proxy === undefined) {
      // undici gives back the connection that is being opened, though it does not say so. Who got it would not wait.
      connector(addressOf(destination), dialed);
      return;
    }
    connectThrough(proxy, destination, connectWithinMs, (...outcome) => {
      const [, httpSocket] = outcome;
      if (httpSocket === null || destination.tls === undefined) dialed(...outcome);
      else connector({ ...addressOf(destination), httpSocket }, dialed);
    });
  }

  // What begins without TLS, or has no HTTP over it, begins as a connection with neither.
  function reach(destination: RawTls, shown: Shown | undefined, dialed: buildConnector.Callback): void {
    const { tls: _, ...plain } = destination;
    const { via } = destination;
    const proxy = proxyTo(destination);
    if (via !== undefined) dialThrough(via, targetText(destination), dialed, shown);
    else if (proxy !== undefined) connectThrough(proxy, destination, connectWithinMs, dialed);
    else connectorTo(plain)(addressOf(plain), dialed);
  }

  function establish(
    destination: Destination,
    { isChecked, shown }: { isChecked: boolean; shown: Shown | undefined },
    dialed: buildConnector.Callback,
  ): void {
    if (!isRawTls(destination)) {
      const connector = isChecked ? connectorTo(destination) : connectorWith(destination, { isChecked });
      return connect(connector, destination, dialed);
    }
    return reach(destination, shown, (...outcome) => {
      const [, socket] = outcome;
      const checked = isChecked && !destination.tls.skipVerify;
      if (socket === null) dialed(...outcome);
      else secure(socket, destination, { isChecked: checked, withinMs: connectWithinMs }, dialed);
    });
  }

  const shownBy = createShownCertificate((destination, shown, dialed) =>
    establish(destination, { isChecked: false, shown }, dialed),
  );

  function open(destination: Destination, shown: Shown | undefined, dialed: buildConnector.Callback): void {
    establish(destination, { isChecked: true, shown }, (...[error, socket]) => {
      if (error === null) dialed(null, hearOut(socket));
      else if (!isAboutCertificate(error)) dialed(error, null);
      else void shownBy(destination, shown).then((seen) => dialed(new CertificateError(error, seen), null));
    });
  }

  return {
    dial(destination, dialed, shown) {
      const refusal = refuse(destination);
      const { via } = destination;
      // Never before it returns: the caller may not be ready to hear of it.
      if (refusal !== undefined) queueMicrotask(() => dialed(refusal, null));
      // What it may dial is for the connector to say.
      else if (via !== undefined && !isRawTls(destination))
        dialThrough(via, targetText(destination), dialed, shown);
      else open(destination, shown, dialed);
      return undefined;
    },
  };
}

function addressOf(destination: Destination): buildConnector.Options {
  if (destination.kind === 'unix') return { hostname: 'localhost', port: '', protocol: 'http:' };
  const { host, port, tls } = destination;
  return {
    hostname: host,
    port: String(port),
    protocol: tls === undefined ? 'http:' : 'https:',
    ...(tls !== undefined && { servername: tls.serverName }),
  };
}
