import { announceTasks } from './announce-tasks.ts';
import { leastOf } from './line.ts';
import type { StreamLine, StreamLines } from './line.ts';

/** A connection of a connector. */
export type ConnectorLine = StreamLine & {
  /** what it has shown still counts */
  readonly counts: () => boolean;
};

/** The connections of all connectors, by their names. */
export type ConnectorPool = StreamLines & {
  /** Adds one, unless this proxy stops or there are too many; it goes by itself. */
  add(name: string, line: Pick<ConnectorLine, 'session' | 'counts'>): boolean;
  count(name: string): number;
  /** the names of those that are connected */
  names(): readonly string[];
  /** Announces the tasks of the proxy to each connector, now and when it comes. */
  announce(tasks: readonly string[]): void;
  /** Ends those whose token or name counts no more. */
  recheck(): void;
  /** Takes no further one, and ends each as soon as nothing goes over it. */
  drain(): void;
  close(): void;
};

// Some per connector, and connectors per name: one with a token may not take all memory.
const mostOfOneName = 200;

/**
 * Makes the pool.
 *
 * @param heard.changed other names are connected than before
 * @param heard.leaving a connector takes no more streams, and ends those that it has
 */
export function createConnectorPool(heard: {
  changed: () => void;
  leaving: (name: string) => void;
}): ConnectorPool {
  const lines = new Map<string, Set<ConnectorLine>>();
  /** those that leave, too: what still goes over them ends as it does on the others */
  const open = new Map<ConnectorLine, string>();
  let isDraining = false;
  let known: readonly string[] = [];

  function remove(name: string, line: ConnectorLine): void {
    const ofName = lines.get(name);
    if (ofName?.delete(line) !== true || ofName.size > 0) return;
    lines.delete(name);
    heard.changed();
  }

  return {
    add(name, { session, counts }) {
      const ofName = lines.get(name) ?? new Set<ConnectorLine>();
      const isFull = [...open.values()].filter((one) => one === name).length >= mostOfOneName;
      if (isDraining || isFull || session.destroyed) return false;
      const line: ConnectorLine = { session, counts, open: 0 };
      lines.set(name, ofName.add(line));
      open.set(line, name);
      session.once('close', function closed() {
        open.delete(line);
        remove(name, line);
      });
      session.once('goaway', function leaves() {
        remove(name, line);
        heard.leaving(name);
      });
      if (ofName.size === 1) heard.changed();
      announceTasks(session, known);
      return true;
    },
    least: (name, others) => leastOf(lines.get(name) ?? [], others),
    begin(line, stream) {
      line.open += 1;
      stream.once('close', function ended() {
        line.open -= 1;
        if (isDraining && line.open === 0) line.session.close();
      });
    },
    count: (name) => lines.get(name)?.size ?? 0,
    names: () => [...lines.keys()],
    announce(tasks) {
      known = tasks;
      for (const ofName of lines.values()) for (const { session } of ofName) announceTasks(session, known);
    },
    recheck() {
      for (const { session, counts } of open.keys()) if (!counts()) session.destroy();
    },
    drain() {
      isDraining = true;
      for (const line of open.keys()) if (line.open === 0) line.session.close();
    },
    close() {
      isDraining = true;
      for (const { session } of open.keys()) session.destroy();
    },
  };
}
