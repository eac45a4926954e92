import { connectPath, nameHeader, subprotocol, taskHeader } from '@latchkey/contract';
import { keepAlive, leavesWithinMs, longestMessage, servingOptions, streamOf } from '@latchkey/link';
import type { ConnectorSettings } from '@latchkey/settings';
import type { Credential } from './credential.ts';
import { lookup } from 'node:dns';
import { performServerHandshake } from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { LookupFunction } from 'node:net';
import { WebSocket } from 'ws';

/** A connection to one task of the proxy. */
export type Connected = { readonly session: ServerHttp2Session; readonly task: string };

const handshakeWithinMs = 10_000;

/** Opens a WebSocket to the proxy, for HTTP/2 with the roles reversed: the proxy asks. Rejects with why not. */
export async function openConnection(
  { url, name }: Pick<ConnectorSettings, 'url' | 'name'>,
  credential: Credential,
): Promise<Connected> {
  const token = await credential();
  const { promise, resolve, reject } = Promise.withResolvers<Connected>();
  const address = new URL(connectPath, url);
  address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address, [subprotocol], {
    headers: { authorization: `Bearer ${token}`, [nameHeader]: name },
    handshakeTimeout: handshakeWithinMs,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    followRedirects: false,
    lookup: lookupHere,
  });
  let task = '';
  socket.once('upgrade', ({ headers }) => {
    task = String(headers[taskHeader] ?? '').slice(0, 64);
  });
  socket.once('unexpected-response', function refused(_, { statusCode = 0, headers }) {
    const why = headers['latchkey-reason'];
    reject(
      new Error(`the proxy answered ${statusCode}${typeof why === 'string' ? `: ${why.slice(0, 300)}` : ''}`),
    );
    socket.terminate();
  });
  socket.on('error', reject);
  socket.once('open', function opened() {
    const stream = streamOf(socket);
    const session = performServerHandshake(stream, servingOptions);
    session.on('error', () => undefined);
    session.once('close', () => socket.terminate());
    stream.once('close', () => session.destroy());
    keepAlive(session, { leavesWithinMs });
    resolve({ session, task });
  });
  return promise;
}

// RFC 6761, section 6.3: names below `localhost` are this machine; not every resolver knows.
const lookupHere: LookupFunction = (hostname, options, found) =>
  lookup(hostname.endsWith('.localhost') ? 'localhost' : hostname, options, found);
