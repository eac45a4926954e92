import { createProxyFor } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { ProxySettings } from '@latchkey/settings';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { LiveTable } from '../upstream-file/live-table.ts';
import { createDialThrough } from './connectors/dial.ts';
import { createConnectorPool } from './connectors/pool.ts';
import type { ConnectorPool } from './connectors/pool.ts';
import { joinSiblings } from './connectors/siblings/siblings.ts';
import { createDialer } from './dial/dialer.ts';
import { createEventStreams } from './http/event-streams.ts';
import type { EventStreams } from './http/event-streams.ts';
import { createConnections } from './pool/connections.ts';
import type { Connections } from './pool/connections.ts';
import { createOpenTcp } from './tcp/open.ts';
import type { OpenTcp } from './tcp/open.ts';
import { createSecuredBy } from './tls/client-identities.ts';
import { createLiveTlsCredentials } from './tls/live-credentials.ts';
import type { TlsCredentials } from './tls/tls-files.ts';
import { createForwardWebSocket } from './websocket/forward.ts';
import type { ForwardWebSocket } from './websocket/forward.ts';

/** Stage 9: how applications are reached, and what is open towards them. */
export type Transport = {
  readonly connections: Connections;
  readonly forwardWebSocket: ForwardWebSocket;
  readonly openTcp: OpenTcp;
  readonly eventStreams: EventStreams;
  readonly connectors: ConnectorPool;
  /** what this task is called among those of the proxy, to which connectors are connected */
  readonly task: string;
  /** Takes nothing new from connectors and from other tasks; what is under way goes on. */
  readonly drain: () => void;
  readonly close: () => Promise<void>;
};

/** Puts together what dials, pools and encrypts: one dialer for HTTP, WebSocket and TCP. */
export async function createTransport({
  settings,
  table,
  clock: { now, elapsed },
  log,
}: {
  settings: Pick<ProxySettings, 'server' | 'session' | 'upstream' | 'outgoing' | 'maxConnections'>;
  table: LiveTable;
  clock: Clock;
  log: Logger;
}): Promise<Transport> {
  const proxyFor = createProxyFor(settings.outgoing ?? {});
  const task = randomUUID();
  // What goes over one that stops moves to another before it is cut off.
  const leaving = (names: ReadonlySet<string>) =>
    connections.retire(({ via }) => via !== undefined && names.has(via));
  const connectors = createConnectorPool({
    changed: () => siblings?.announce(connectors.names()),
    leaving: (name) => leaving(new Set([name])),
  });
  table.onReplace(() => connectors.recheck());
  const { siblings: asked, address, shutdownTimeoutMs } = settings.server;
  const { secrets } = settings.session.cookie;
  const siblings =
    asked &&
    (await joinSiblings({
      settings: asked,
      address,
      secrets,
      task,
      pool: connectors,
      leavesWithinMs: shutdownTimeoutMs + 5_000,
      leaving,
      log,
    }));
  const dialThrough = createDialThrough(siblings === undefined ? [connectors] : [connectors, siblings.lines]);
  const dialer = createDialer({ ...settings.upstream, proxyFor, dialThrough });
  const credentials = createLiveTlsCredentials({ table, log });
  // Its connections go with it, and its key: no request will ever look for them again.
  const onRetired = (retired: TlsCredentials) =>
    connections.retire(({ tls }) => tls?.credentials === retired);
  const securedBy = createSecuredBy({ credentials, now, onRetired, log });
  const connections = createConnections({ dialer, securedBy, perOrigin: settings.maxConnections, elapsed });
  let drained: Promise<void> | undefined;
  return {
    connections,
    forwardWebSocket: createForwardWebSocket(dialer),
    openTcp: createOpenTcp(dialer),
    eventStreams: createEventStreams(),
    connectors,
    task,
    drain() {
      connectors.drain();
      drained = siblings?.drain(shutdownTimeoutMs);
    },
    async close() {
      await drained;
      await connections.close();
      siblings?.close();
      connectors.close();
      credentials.close();
    },
  };
}
