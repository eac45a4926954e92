import { leastOf } from './line.ts';
import type { Line, Lines } from './line.ts';
import { tellTasks } from './tell-tasks.ts';

/** A connection of a connector. */
export type ConnectorLine = Line & {
  /** what it has shown still counts */
  readonly counts: () => boolean;
};

/** The connections of all connectors, by their names. */
export type ConnectorPool = Lines & {
  /** Adds one, unless this proxy stops or there are too many; it goes by itself. */
  add(name: string, line: Pick<ConnectorLine, 'session' | 'counts'>): boolean;
  count(name: string): number;
  /** the names of those that are connected */
  names(): readonly string[];
  /** Tells each connector, now and when it comes, which tasks of the proxy there are. */
  tell(tasks: readonly string[]): void;
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
export function createConnectorPool(heard: { changed: () => void; leaving: () => void }): ConnectorPool {
  const lines = new Map<string, Set<ConnectorLine>>();
  let isDraining = false;
  let known: readonly string[] = [];
  const all = (): ConnectorLine[] => [...lines.values()].flatMap((ofName) => [...ofName]);

  function remove(name: string, line: ConnectorLine): void {
    const ofName = lines.get(name);
    if (ofName?.delete(line) !== true || ofName.size > 0) return;
    lines.delete(name);
    heard.changed();
  }

  return {
    add(name, { session, counts }) {
      const ofName = lines.get(name) ?? new Set<ConnectorLine>();
      if (isDraining || ofName.size >= mostOfOneName || session.destroyed) return false;
      const line: ConnectorLine = { session, counts, open: 0 };
      lines.set(name, ofName.add(line));
      session.once('close', () => remove(name, line));
      session.once('goaway', function leaves() {
        remove(name, line);
        heard.leaving();
      });
      if (ofName.size === 1) heard.changed();
      tellTasks(session, known);
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
    tell(tasks) {
      known = tasks;
      for (const { session } of all()) tellTasks(session, known);
    },
    recheck() {
      for (const { session, counts } of all()) if (!counts()) session.destroy();
    },
    drain() {
      isDraining = true;
      for (const { session, open } of all()) if (open === 0) session.close();
    },
    close() {
      isDraining = true;
      for (const { session } of all()) session.destroy();
    },
  };
}
