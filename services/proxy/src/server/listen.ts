import type { Component, Readiness } from '@latchkey/admin';
import { startServer } from '@latchkey/http';
import type { PeerTrust, RunningServer } from '@latchkey/http';
import type { ProxySettings } from '@latchkey/settings';
import { createForwardAuth } from '../forward-auth/answer.ts';
import type { OpenExchanges } from '../open-exchanges.ts';
import { createHeldBodies } from '../outgoing/signers/held-bodies.ts';
import { createBodyReader } from '../outgoing/signers/read-body.ts';
import { createAwsSigner } from '../outgoing/signers/aws-sigv4.ts';
import { signInOrder } from '../outgoing/signers/request-signer.ts';
import type { Respond } from '../respond/respond.ts';
import type { Arrivals } from '../transport/connectors/arrivals.ts';
import type { Transport } from '../transport/transport.ts';
import type { LiveTable } from '../upstream-file/live-table.ts';
import { createHttpListener } from './http.ts';
import type { HttpParts } from './http.ts';
import type { SendRequestParts } from '../transport/http/send.ts';
import { createSendRequest } from '../transport/http/send.ts';
import { createUpgradeListener } from './websocket.ts';
import type { WebSocketParts } from './websocket.ts';

/**
 * Opens the public port: requests and handshakes go through the same stages.
 *
 * @returns once it listens
 * @throws the `listen` error
 */
export function listen({
  settings: { server },
  trust,
  parts,
  respondWith,
  componentsOf,
  arrivals,
  transport,
  open,
  table,
  elapsed,
}: {
  settings: Pick<ProxySettings, 'server'>;
  trust: Pick<PeerTrust, 'isTrusted'>;
  parts: Pick<HttpParts, 'stages' | 'readQuestion' | 'beginAnswer' | 'admission' | 'emit'> &
    Pick<SendRequestParts, 'signer'> &
    Pick<WebSocketParts, 'mustRefuse'>;
  respondWith: (readiness: Readiness) => Respond;
  /** what this proxy needs to be ready, for `/ping` */
  componentsOf: (isRunning: boolean) => readonly Component[];
  /** lets connectors in; absent where there are none */
  arrivals: Arrivals | undefined;
  transport: Transport;
  open: OpenExchanges;
  table: LiveTable;
  /** milliseconds that never jump */
  elapsed: () => number;
}): Promise<RunningServer> {
  const { connections, forwardWebSocket, openTcp, eventStreams } = transport;
  const { ongoing, tunnels, hasEndedSince } = open;
  const readBody = createBodyReader({ held: createHeldBodies(), graceMs: server.readTimeoutMs });
  const signer = signInOrder([parts.signer, createAwsSigner()]);
  return startServer(
    ({ ready }) => {
      const respond = respondWith(() => componentsOf(ready()));
      const forwardAuth = createForwardAuth({ ...parts, respond });
      const both = { ...parts, respond, forwardAuth, connections, signer };
      const upgrade = createUpgradeListener({
        ...both,
        table: () => table.current(),
        forwardWebSocket,
        openTcp,
        tunnels,
        hasEndedSince,
        elapsed,
      });
      return {
        request: createHttpListener({
          ...both,
          ongoing,
          send: createSendRequest({
            ...both,
            eventStreams,
            readBody,
            passInterim: server.passInterim,
          }),
        }),
        upgrade: arrivals === undefined ? upgrade : arrivals.before(upgrade),
      };
    },
    {
      port: server.port,
      address: server.address,
      http2: server.http2 ? { isBalancer: (socket) => trust.isTrusted({ socket }) } : undefined,
      timeouts: {
        readMs: server.readTimeoutMs,
        writeMs: server.writeTimeoutMs,
        requestMs: 0,
        drainMs: server.drainMs,
        shutdownMs: server.shutdownTimeoutMs,
      },
      onStop() {
        tunnels.close();
        eventStreams.close();
        transport.drain();
      },
    },
  );
}
