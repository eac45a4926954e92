import { connectorStopsWithinMs } from '@latchkey/link';
import type { ConnectorSettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import type { SecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepConnected } from './connect/keep-connected.ts';
import { createCredential } from './connect/credential.ts';
import { openConnection } from './connect/open.ts';
import { createServe } from './serve/serve.ts';
import { allowList } from './serve/targets.ts';
import { createServeTcp } from './serve/tcp.ts';
import { createAdmitPerson } from './verify/admit.ts';
import { createVerifyAssertion } from './verify/assertion.ts';
import { createGate } from './verify/gate.ts';
import type { ConnectorRule } from './verify/rule.ts';

/** A connector as it runs. */
export type RunningConnector = {
  /** connections to the proxy at this moment */
  connections(): number;
  /** Lets requests under way finish for so long, and then ends. */
  stop(withinMs?: number): Promise<void>;
  /** Ends at once, as a process does that is killed. */
  kill(): void;
};

/**
 * Connects to the proxy, and serves what it asks for.
 *
 * @param parts.rule what `settings.allowIf` was read as
 * @param parts.authorities the same for `settings.caFile`
 */
export function startConnector({
  settings,
  rule,
  authorities,
  log,
}: {
  settings: ConnectorSettings;
  rule?: ConnectorRule | undefined;
  authorities?: SecureContext | undefined;
  log: Logger;
}): RunningConnector {
  const { auth } = settings;
  const admit = auth && createAdmitPerson({ verify: createVerifyAssertion(auth), rule });
  const gate = admit && createGate({ admit, log });
  const tcp = createServeTcp({ admit, log });
  const credential = createCredential(settings);
  const kept = keepConnected({
    open: () => openConnection(settings, credential),
    serve: createServe({ targets: allowList(settings.targets), gate, tcp, authorities, log }),
    connections: settings.connections,
    log,
  });

  return {
    connections: () => kept.count(),
    kill: () => kept.end(),
    async stop(withinMs = connectorStopsWithinMs) {
      kept.drain();
      gate?.drain();
      const end = performance.now() + withinMs;
      while (kept.count() > 0 && performance.now() < end) await sleep(50);
      kept.end();
    },
  };
}
