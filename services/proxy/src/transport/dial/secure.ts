import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { buildConnector } from 'undici';
import { SlowError } from '../failure.ts';
import { secureContextOf } from './destination.ts';
import { startTls } from './start-tls.ts';
import type { Destination, Tls } from './destination.ts';

/** Where TLS is, and HTTP is not. */
export type RawTls = Extract<Destination, { kind: 'tcp' }> & { readonly tls: Tls & { readonly raw: true } };

/** Tells whether what goes over TLS is not HTTP. */
export function isRawTls(destination: Destination): destination is RawTls {
  return destination.tls?.raw === true;
}

/**
 * Begins TLS on a connection. Nothing is agreed upon of what goes over it (ALPN): to PostgreSQL 17, HTTP would be a reason to
 * refuse.
 *
 * @param options.withinMs for all of it
 */
export function secure(
  socket: Socket,
  { host, tls }: RawTls,
  { isChecked, withinMs }: { isChecked: boolean; withinMs: number },
  dialed: buildConnector.Callback,
): void {
  let isOver = false;
  const timer = setTimeout(
    () => fail(new SlowError('the application did not begin with TLS', withinMs)),
    withinMs,
  );

  function settle(...outcome: Parameters<buildConnector.Callback>): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    dialed(...outcome);
  }
  function fail(error: Error): void {
    settle(error, null);
    socket.destroy();
  }
  function begin(error: Error | null): void {
    if (isOver) return;
    if (error !== null) return fail(error);
    const secured = connect({
      socket,
      host,
      servername: tls.serverName,
      rejectUnauthorized: isChecked,
      ...secureContextOf(tls),
    });
    secured.on('error', fail);
    secured.once('secureConnect', function shaken() {
      secured.removeListener('error', fail);
      settle(null, secured);
    });
  }

  if (tls.startTls === undefined) begin(null);
  else startTls(tls.startTls, socket, begin);
}
