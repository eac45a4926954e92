import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Logger } from 'pino';
import { statsdLine } from './statsd-line.ts';
import type { StatsdKind, StatsdTags } from './statsd-line.ts';

/** Sends metrics to a StatsD agent. Nothing ever waits for it: what cannot be sent is lost. */
export type Statsd<Name extends string> = {
  /** @param milliseconds how long something took */
  timing(name: Name, milliseconds: number, tags: StatsdTags): void;
  /** Something happened, once. */
  count(name: Name, tags: StatsdTags): void;
  gauge(name: Name, value: number, tags: StatsdTags): void;
  /** Sends what is left; resolves when the socket is closed. */
  close(): Promise<void>;
};

/** Where metrics go, and what all of them have in common. */
export type StatsdOptions = {
  readonly host: string;
  readonly port: number;
  /** in front of every name, with its dot */
  readonly namespace: string;
  /** the tag that every metric has, as `key:value` */
  readonly constantTag: string;
  readonly log: Pick<Logger, 'warn'>;
  /** for tests; default: as the system does */
  readonly lookUp?: (host: string) => Promise<{ readonly address: string; readonly family: number }>;
};

// What fits into one Ethernet frame: the agent reads a datagram as a whole, and a fragment that is lost loses all of it.
const packetBytes = 1432;
const longestWaitMs = 200;
// An agent may be moved: its name is looked up again.
const lookUpEveryMs = 60_000;
// What the kernel does not take at once waits in memory.
const queuedBytes = 256 * 1024;

/**
 * Starts sending over UDP. The host is looked up aside and again every minute; as long as it cannot be, everything is
 * lost, which one warning says.
 */
export function startStatsd<Name extends string>(options: StatsdOptions): Statsd<Name> {
  const { host, port, namespace, constantTag: constant, log, lookUp = lookup } = options;
  let agent: { readonly socket: Socket; readonly address: string } | undefined;
  let warned = false;
  let closed = false;
  let pending = '';
  let timer: NodeJS.Timeout | undefined;

  async function findAgent(): Promise<void> {
    try {
      const { address, family } = await lookUp(host);
      if (closed || agent?.address === address) return;
      agent?.socket.close();
      agent = { socket: openSocket(family), address };
    } catch (error) {
      if (warned || closed || agent !== undefined) return;
      warned = true;
      const detail = error instanceof Error ? error.message : 'unknown';
      log.warn({ detail }, 'METRICS_STATSD_HOST cannot be looked up: no metrics are sent until it can');
    }
  }

  function send(name: Name, value: number, kind: StatsdKind, tags: StatsdTags): void {
    if (closed) return;
    const line = statsdLine(namespace + name, value, kind, { constant, tags });
    // Everything in a line is ASCII: a character is a byte.
    if (pending.length + 1 + line.length > packetBytes) flush();
    pending = pending === '' ? line : `${pending}\n${line}`;
    timer ??= setTimeout(flush, longestWaitMs).unref();
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const packet = pending;
    pending = '';
    if (packet === '' || agent === undefined || agent.socket.getSendQueueSize() > queuedBytes) return;
    agent.socket.send(packet, port, agent.address, ignore);
  }

  void findAgent();
  const again = setInterval(() => void findAgent(), lookUpEveryMs).unref();

  return {
    timing: (name, milliseconds, tags) => send(name, milliseconds, 'timing', tags),
    count: (name, tags) => send(name, 1, 'count', tags),
    gauge: (name, value, tags) => send(name, value, 'gauge', tags),
    async close() {
      if (closed) return;
      clearInterval(again);
      clearTimeout(timer);
      const packet = pending;
      closed = true;
      if (agent === undefined) return;
      const { socket, address } = agent;
      if (packet !== '') await new Promise<void>((done) => socket.send(packet, port, address, () => done()));
      await new Promise<void>((done) => socket.close(done));
    },
  };
}

function openSocket(family: number): Socket {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  // An agent that is not there is answered with ICMP, which surfaces here.
  socket.on('error', ignore);
  return socket.unref();
}

function ignore(): void {
  // A metric that is lost is lost.
}
