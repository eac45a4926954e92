import type { ConnectorTarget } from '@latchkey/contract';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Reaches a target within a time; rejects with why not. */
export function reach(target: ConnectorTarget, withinMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const where = target.kind === 'unix' ? { path: target.path } : { host: target.host, port: target.port };
  const socket = connect({ ...where, allowHalfOpen: true, noDelay: true });
  const timer = setTimeout(
    () => socket.destroy(new Error(`no connection within ${withinMs / 1000} s`)),
    withinMs,
  );
  socket.once('connect', function connected() {
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
