import type { ClientHttp2Session } from 'node:http2';

/** A connection of a connector, and how much goes over it. */
export type ConnectorLine = {
  readonly session: ClientHttp2Session;
  /** what it has shown still counts */
  readonly counts: () => boolean;
  /** streams that are open */
  open: number;
};

type Stream = { once(event: 'close', then: () => void): unknown };

/** The connections of all connectors, by their names. */
export type ConnectorPool = {
  /** Adds one, unless this proxy stops or there are too many; it goes by itself. */
  add(name: string, line: Omit<ConnectorLine, 'open'>): boolean;
  /** The one with the least to do, none of `others`. */
  least(name: string, others: ReadonlySet<ConnectorLine>): ConnectorLine | undefined;
  /** Counts a stream on one of them, until its end. */
  begin(line: ConnectorLine, stream: Stream): void;
  count(name: string): number;
  /** Ends those whose token or name counts no more. */
  recheck(): void;
  /** Takes no further one, and ends each as soon as nothing goes over it. */
  drain(): void;
  close(): void;
};

// Some per connector, and connectors per name: whoever has a token may not take all memory.
const mostOfOneName = 200;

/** Makes the pool. */
export function createConnectorPool(): ConnectorPool {
  const lines = new Map<string, Set<ConnectorLine>>();
  let isDraining = false;
  const all = (): ConnectorLine[] => [...lines.values()].flatMap((ofName) => [...ofName]);

  return {
    add(name, { session, counts }) {
      const ofName = lines.get(name) ?? new Set<ConnectorLine>();
      if (isDraining || ofName.size >= mostOfOneName || session.destroyed) return false;
      const line: ConnectorLine = { session, counts, open: 0 };
      lines.set(name, ofName.add(line));
      function remove(): void {
        ofName.delete(line);
        if (ofName.size === 0 && lines.get(name) === ofName) lines.delete(name);
      }
      session.once('goaway', remove);
      session.once('close', remove);
      return true;
    },
    least(name, others) {
      const free = [...(lines.get(name) ?? [])].filter(
        (line) => !others.has(line) && !line.session.closed && !line.session.destroyed,
      );
      return free.reduce<ConnectorLine | undefined>(
        (best, line) => (best === undefined || line.open < best.open ? line : best),
        undefined,
      );
    },
    begin(line, stream) {
      line.open += 1;
      stream.once('close', function ended() {
        line.open -= 1;
        if (isDraining && line.open === 0) line.session.close();
      });
    },
    count: (name) => lines.get(name)?.size ?? 0,
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
