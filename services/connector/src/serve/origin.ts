import type { ConnectorTarget } from '@latchkey/contract';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SecureContext } from 'node:tls';

/**
 * Reaches a target within a time, and begins TLS where it asks for that; rejects with why not.
 *
 * @param authorities that it is checked by; undefined: those that everybody trusts
 */
export function reach(
  target: ConnectorTarget,
  withinMs: number,
  authorities?: SecureContext,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const where = target.kind === 'unix' ? { path: target.path } : { host: target.host, port: target.port };
  const isSecure = target.kind === 'tcp' && target.secure === true;
  const options = { ...where, allowHalfOpen: true, noDelay: true };
  const socket = isSecure
    ? connectTls({
        ...options,
        // RFC 6066, section 3: an address is no name.
        ...(isIP(target.host) === 0 && { servername: target.host }),
        ...(authorities !== undefined && { secureContext: authorities }),
      })
    : connect(options);
  const timer = setTimeout(
    () => socket.destroy(new Error(`no connection within ${withinMs / 1000} s`)),
    withinMs,
  );
  socket.once(isSecure ? 'secureConnect' : 'connect', function connected() {
    clearTimeout(timer);
    resolve(socket);
  });
  socket.once('error', function failed(error) {
    clearTimeout(timer);
    // Where several addresses were tried there is a code, and no message.
    const isSilent = error.message === '' && 'code' in error;
    reject(isSilent ? new Error(String(error.code), { cause: error }) : error);
  });
  return promise;
}
