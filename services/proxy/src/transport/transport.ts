import { createProxyFor } from '@latchkey/http';
import type { ProxySettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import type { LiveTable } from '../upstream-file/live-table.ts';
import { createDialThrough } from './connectors/dial.ts';
import { createConnectorPool } from './connectors/pool.ts';
import type { ConnectorPool } from './connectors/pool.ts';
import { createDialer } from './dial/dialer.ts';
import { createEventStreams } from './http/event-streams.ts';
import type { EventStreams } from './http/event-streams.ts';
import { createConnections } from './pool/connections.ts';
import type { Connections } from './pool/connections.ts';
import { createOpenTcp } from './tcp/open.ts';
import type { OpenTcp } from './tcp/open.ts';
import { createTlsCredentials } from './tls/credentials.ts';
import { createForwardWebSocket } from './websocket/forward.ts';
import type { ForwardWebSocket } from './websocket/forward.ts';

/** Stage 9: how applications are reached, and what is open towards them. */
export type Transport = {
  readonly connections: Connections;
  readonly forwardWebSocket: ForwardWebSocket;
  readonly openTcp: OpenTcp;
  readonly eventStreams: EventStreams;
  readonly connectors: ConnectorPool;
  readonly close: () => Promise<void>;
};

/** Puts together what dials, pools and encrypts: one dialer for HTTP, WebSocket and TCP. */
export function createTransport({
  settings,
  table,
  elapsed,
  log,
}: {
  settings: Pick<ProxySettings, 'upstream' | 'outgoing' | 'maxConnections'>;
  table: LiveTable;
  /** milliseconds that never jump */
  elapsed: () => number;
  log: Logger;
}): Transport {
  const proxyFor = createProxyFor(settings.outgoing ?? {});
  const connectors = createConnectorPool();
  table.onReplace(() => connectors.recheck());
  const dialThrough = createDialThrough(connectors);
  const dialer = createDialer({ ...settings.upstream, proxyFor, dialThrough });
  const credentials = createTlsCredentials({ table, log });
  const connections = createConnections({ dialer, credentials, perOrigin: settings.maxConnections, elapsed });
  return {
    connections,
    forwardWebSocket: createForwardWebSocket(dialer),
    openTcp: createOpenTcp(dialer),
    eventStreams: createEventStreams(),
    connectors,
    async close() {
      await connections.close();
      connectors.close();
      credentials.close();
    },
  };
}
