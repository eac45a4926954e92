import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connectionKey, readKernelQueues } from './kernel-queues.ts';
import type { KernelQueues } from './kernel-queues.ts';

/** Why a connection was cut: there was something to take, and the caller took none of it. */
export class StalledError extends Error {
  /** @param ms for how long */
  constructor(ms: number) {
    super(`the caller took nothing for ${ms / 1000} s, though there was something to take`);
  }
}

const patient = new WeakSet<Duplex>();

/** Lets a caller take nothing for as long as it likes: what is carried for a program waits for it, as TCP does. */
export function letWait(socket: Duplex): void {
  patient.add(socket);
}

/** Whether a caller may take nothing for as long as it likes. */
export function mayWait(socket: Duplex): boolean {
  return patient.has(socket);
}

/** Finds the connections that have stalled, look by look. */
export type StallWatch = {
  /** @returns those of the given connections that have taken nothing for the whole time; the next look counts on */
  look(sockets: Iterable<Socket>): Promise<Socket[]>;
};

/** What was seen of a connection, and since when it has not changed. */
type Sight = { taken: number; queue: number | undefined; since: number };

/**
 * Tells callers that are slow from those that have stopped.
 *
 * What Node hands over moves in steps of megabytes: Linux takes more only when a third of a buffer of up to 4 MB is free,
 * and a load balancer that fills a slow line reads just fast enough for that line. Somebody who downloads with 200 kbit/s
 * would look as if they had stopped for half a minute. So before a connection counts as unmoved, the kernel is asked how
 * much of its own share has gone.
 *
 * @param options.now milliseconds, of any clock that does not jump
 */
export function createStallWatch(options: {
  /** how long a caller may take nothing */
  writeMs: number;
  now: () => number;
  queues?: () => Promise<KernelQueues>;
}): StallWatch {
  const { writeMs, now, queues = readKernelQueues } = options;
  const sights = new WeakMap<Socket, Sight>();

  function hasMoved(socket: Socket): boolean {
    const taken = socket.bytesWritten - socket.writableLength;
    if (sights.get(socket)?.taken === taken) return false;
    sights.set(socket, { taken, queue: undefined, since: now() });
    return true;
  }

  return {
    async look(sockets) {
      const unmoved: Socket[] = [];
      for (const socket of sockets) {
        if (socket.writableLength === 0) sights.delete(socket);
        else if (!hasMoved(socket)) unmoved.push(socket);
      }
      if (unmoved.length === 0) return [];
      const known = await queues();
      return unmoved.filter((socket) => {
        const sight = sights.get(socket);
        if (sight === undefined) return false;
        const queue = known.get(connectionKey(socket) ?? '');
        if (queue !== sight.queue) Object.assign(sight, { queue, since: now() });
        return now() - sight.since >= writeMs;
      });
    },
  };
}
