import type { ServerHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '../message-of.ts';
import { pauseAfter } from './back-off.ts';
import type { Connected } from './open.ts';
import { createSearch } from './search.ts';

/** Connections that are kept up. */
export type KeptConnections = {
  /** how many there are at this moment */
  count(): number;
  /** Takes no request more, lets those under way finish, and opens nothing further. */
  drain(): void;
  /** Ends what is left. */
  end(): void;
};

const steadyMs = 30_000;

/**
 * Keeps so many connections to the proxy, and beside them one to each task that a further one happens to reach: a balancer stands
 * between, and gives no choice.
 *
 * @param parts.serve serves on one of them; `heard` gets all tasks that the one at its other end knows
 */
export function keepConnected(parts: {
  open: () => Promise<Connected>;
  serve: (session: ServerHttp2Session, heard: (tasks: readonly string[]) => void) => void;
  connections: number;
  log: Logger;
}): KeptConnections {
  const { open, serve, log } = parts;
  const live = new Map<ServerHttp2Session, string>();
  const stopped = new AbortController();
  const { signal } = stopped;
  const search = createSearch(() => new Set(live.values()));

  function take({ session, task }: Connected): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    live.set(session, task);
    session.once('close', function closed() {
      live.delete(session);
      search.lost(session);
      log.info({ task, connections: live.size }, 'a connection to the proxy has ended');
      resolve();
    });
    if (session.destroyed) {
      live.delete(session);
      return Promise.resolve();
    }
    serve(session, (tasks) => search.heard(session, tasks));
    log.info({ task, connections: live.size }, 'connected to the proxy');
    return promise;
  }

  async function keepOne(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const connected = await open();
        if (signal.aborted) return connected.session.destroy();
        const since = performance.now();
        await take(connected);
        // One that is ended at once counts as a failure, too.
        failures = performance.now() - since > steadyMs ? 0 : failures + 1;
      } catch (error) {
        failures += 1;
        log.warn({ detail: messageOf(error) }, 'the proxy cannot be reached');
      }
      await sleep(pauseAfter(failures), undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  async function scout(): Promise<void> {
    while (!signal.aborted) {
      await search.pause(signal);
      if (signal.aborted || live.size < parts.connections) continue;
      const connected = await open().catch(() => undefined);
      const isNew = connected !== undefined && ![...live.values()].includes(connected.task);
      search.tried(isNew);
      if (connected === undefined) continue;
      if (signal.aborted || !isNew) connected.session.close();
      else void take(connected);
    }
  }

  for (let at = 0; at < parts.connections; at += 1) void keepOne();
  void scout();

  return {
    count: () => live.size,
    drain() {
      stopped.abort();
      for (const session of live.keys()) session.close();
    },
    end() {
      stopped.abort();
      for (const session of live.keys()) session.destroy();
    },
  };
}
