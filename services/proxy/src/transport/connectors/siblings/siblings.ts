import type { ProxySettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import { createDialThrough } from '../dial.ts';
import type { StreamLines } from '../line.ts';
import type { ConnectorPool } from '../pool.ts';
import { openDoor } from './door.ts';
import { siblingKeys } from './keys.ts';
import { keepLinks } from './links.ts';
import { createFindPlaces } from './places.ts';

/** The other tasks of the proxy: each reaches the connectors of the others. */
export type Siblings = {
  /** the lines to connectors that lead over them */
  readonly lines: StreamLines;
  /** Announces which connectors are connected here. */
  announce(names: readonly string[]): void;
  /** Takes nothing more from them; resolves when what they have handed over has ended, or after so long. */
  drain(withinMs: number): Promise<void>;
  close(): void;
};

/** Opens this task to the others, and connects to them. */
export async function joinSiblings({
  settings: { port, places },
  address,
  secrets,
  task,
  pool,
  leavesWithinMs,
  leaving,
  log,
}: {
  settings: NonNullable<ProxySettings['server']['siblings']>;
  address: string | undefined;
  secrets: readonly [string, ...string[]];
  task: string;
  pool: ConnectorPool;
  /** how long a connection to one may take to end once either side stops */
  leavesWithinMs: number;
  /** a sibling stops: what goes over it to these connectors is to end */
  leaving: (names: ReadonlySet<string>) => void;
  log: Logger;
}): Promise<Siblings> {
  const keys = siblingKeys(secrets);
  const door = await openDoor({
    port,
    address,
    task,
    tls: keys.server,
    leavesWithinMs,
    dialHere: createDialThrough([pool]),
  });
  const links = keepLinks({
    find: createFindPlaces(places, log),
    task,
    tls: keys.client,
    leavesWithinMs,
    log,
    changed: () => pool.announce([task, ...links.tasks()]),
    leaving,
  });
  return {
    lines: links,
    announce: (names) => door.announce(names),
    drain: (withinMs) => door.drain(withinMs),
    close() {
      links.close();
      door.close();
    },
  };
}
