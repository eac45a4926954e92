import type { StartTls } from '@latchkey/upstreams';
import type { Socket } from 'node:net';

/** The application did not begin with TLS. */
export class StartTlsError extends Error {}

// https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks the application to go on over TLS.
 *
 * @param started called once: with the reason where it does not
 */
export function startTls(protocol: StartTls, socket: Socket, started: (error: Error | null) => void): void {
  socket.write({ postgres: sslRequest }[protocol]);
  function end(error: Error | null): void {
    socket.removeListener('readable', heard);
    socket.removeListener('error', end);
    socket.removeListener('close', closed);
    started(error);
  }
  function closed(): void {
    end(new StartTlsError('the application closed the connection when it was asked for TLS'));
  }
  function heard(): void {
    const answer: Buffer | null = socket.read();
    if (answer !== null) end(whyNot(answer));
  }
  socket.on('readable', heard);
  socket.once('error', end);
  socket.once('close', closed);
}

// What comes behind the answer was sent by somebody who cannot speak TLS for the application, and would be taken for a part
// of what it says over TLS (CVE-2021-23222).
function whyNot(answer: Buffer): Error | null {
  const text = answer.toString('latin1', 0, 1);
  if (text === 'S' && answer.length === 1) return null;
  if (text === 'S') return new StartTlsError('the application sent something else before TLS began');
  if (text === 'N') return new StartTlsError('the application has no TLS: switch it on there (`ssl = on`)');
  return new StartTlsError('the application does not speak PostgreSQL, or not as it should');
}
