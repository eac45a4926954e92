import { letWait } from '@latchkey/http';
import { carry, largestMessage } from '@latchkey/tcp-tunnel';
import type { Ending } from '@latchkey/tcp-tunnel';
import type { TcpLimits } from '@latchkey/upstreams';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Shown } from '../connectors/dial.ts';
import type { Destination } from '../dial/destination.ts';
import type { Dialer } from '../dial/dialer.ts';
import { failureOf } from '../failure.ts';
import type { Failure } from '../failure.ts';
import { plainPostgres } from './plain-postgres.ts';
import type { Tunnel } from '../websocket/tunnel.ts';

/** A TCP connection to an application, of a program that asked for it by a WebSocket. */
export type TcpTunnel = Tunnel & {
  readonly onEnd: (listener: (ending: Ending) => void) => void;
  readonly bytes: { readonly fromSocket: number; readonly toSocket: number };
};

/** What becomes of it: exactly one of the two is called, once. */
export type TcpEvents = {
  /** it is there, and the caller has `101`; nothing goes through before the tunnel is opened */
  accepted(tunnel: TcpTunnel): void;
  /** nothing has been written and nobody else will: answer within this call, then the connection ends */
  failed(failure: Failure | { readonly code: 'bad_request'; readonly detail: string }): void;
};

/** Opens a TCP connection to an application, and then answers the handshake of the WebSocket that it is carried over. */
export type OpenTcp = (
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  to: { readonly destination: Destination; readonly limits: TcpLimits; readonly shown: Shown },
  events: TcpEvents,
) => void;

type Dialed = Parameters<Dialer['dial']>[1];

/** Makes what opens them, over connections that the dialer opens. */
export function createOpenTcp(dialer: Dialer): OpenTcp {
  return function openTcp(req, socket, head, { destination, limits, shown }, events) {
    const dialed: Dialed = (...[error, application]) => {
      if (error !== null) return events.failed(failureOf(error));
      if (socket.destroyed) return void application.destroy();
      application.once('error', ignore);
      const server = new WebSocketServer({
        noServer: true,
        clientTracking: false,
        perMessageDeflate: false,
        maxPayload: largestMessage,
      });
      server.once('wsClientError', function refused({ message }) {
        application.destroy();
        events.failed({ code: 'bad_request', detail: message });
      });
      server.handleUpgrade(req, socket, head, function upgraded(ws) {
        application.removeListener('error', ignore);
        letWait(socket);
        const isPostgres = destination.tls?.startTls === 'postgres';
        const carried = isPostgres ? plainPostgres(application) : application;
        const { open, close, onClose, bytes } = carry(carried, ws, limits);
        events.accepted({ open, close, onClose: (then) => onClose(() => then()), onEnd: onClose, bytes });
      });
    };
    dialer.dial(destination, dialed, shown);
  };
}

// An event without a listener ends the process. What reads from it later learns of it as well.
function ignore(): void {}
