import type { StoreSettings } from '@latchkey/settings';
import { currentSpan } from '@latchkey/telemetry';
import type { Span } from '@latchkey/telemetry';
import { Cluster, Redis } from 'ioredis';
import { performance } from 'node:perf_hooks';
import type { ZodType } from 'zod';
import { within } from '../within.ts';
import { createCircuit } from './circuit.ts';
import type { CircuitChange } from './circuit.ts';
import { StoreAway } from './store.ts';

/** A connection to Redis on which every command ends soon, whatever is at the other end. */
export type RedisLink = {
  /**
   * Sends a command.
   *
   * @param reply what it can be answered with; anything else is no answer
   * @throws StoreAway
   */
  send<T>(reply: ZodType<T>, name: string, ...args: readonly (string | number)[]): Promise<T>;
  isAway(): boolean;
  /** whether it was away until a moment ago */
  isSettling(): boolean;
  /** until it can be used for the first time; it goes on without an error where that takes too long */
  opened(): Promise<void>;
  close(): void;
};

/** How long nobody waits for Redis, in milliseconds: for an answer, and for the first connection. */
export type RedisTimes = { readonly commandMs: number; readonly openingMs: number };

const usualTimes: RedisTimes = { commandMs: 500, openingMs: 2_000 };

/** Connects to Redis, or to a cluster of them, and again whenever the connection is lost. */
export function openRedisLink(
  settings: StoreSettings,
  onChange: (change: CircuitChange) => void,
  times: RedisTimes = usualTimes,
): RedisLink {
  const { commandMs, openingMs } = times;
  const client = connect(settings, times);
  const circuit = createCircuit(() => performance.now(), onChange);
  // A connection that breaks is tried again; a command that needed it fails by itself, and this says why.
  let trouble: string | undefined;
  client.on('error', (error: unknown) => {
    trouble = causeOf(error) ?? trouble;
  });

  function failed(why: string, span?: Span): StoreAway {
    circuit.failed(why);
    const away = new StoreAway(why);
    span?.end({ error: away.code });
    return away;
  }

  return {
    async send(reply, name, ...args) {
      if (!circuit.allows()) throw new StoreAway('it is left alone for a moment');
      const span = currentSpan()?.begin(name, 'client', spanAttributes(settings, name));
      const answer = await within(commandMs, client.call(name, ...args), late(commandMs)).catch(
        (error: unknown) => {
          throw failed(causeOf(error) ?? trouble ?? 'no connection', span);
        },
      );
      const read = reply.safeParse(answer);
      if (!read.success) throw failed('an answer that cannot be read', span);
      trouble = undefined;
      circuit.succeeded();
      span?.end();
      return read.data;
    },
    isAway: () => circuit.isOpen(),
    isSettling: () => circuit.isSettling(),
    async opened() {
      if (client.status === 'ready') return;
      const ready = new Promise<void>((resolve) => void client.once('ready', resolve));
      await within(openingMs, ready, late(openingMs)).catch(() => failed(trouble ?? 'it cannot be reached'));
    },
    close: () => client.disconnect(),
  };
}

// https://opentelemetry.io/docs/specs/semconv/database/redis/; what a command is about is nobody's business.
function spanAttributes({ host, port }: StoreSettings, command: string) {
  return {
    'db.system.name': 'redis',
    'db.operation.name': command,
    'server.address': host,
    'server.port': port,
  };
}

function connect(
  { host, port, username, password, database, tls, cluster }: StoreSettings,
  { commandMs, openingMs }: RedisTimes,
): Redis | Cluster {
  const options = {
    protocol: 2 as const,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    connectTimeout: openingMs,
    disconnectTimeout: commandMs,
    commandTimeout: commandMs,
    // A connection on which nothing comes back is closed, and what waits on it with it: nothing fills up behind a Redis
    // that has stopped.
    socketTimeout: 2 * commandMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: soon,
    // What was the primary may be a replica now, and its name that of another machine.
    reconnectOnError: ({ message }: Error) => /\b(?:READONLY|LOADING|MASTERDOWN)\b/.test(message),
    disableClientInfo: true,
    lazyConnect: false,
  };
  if (!cluster) return inDatabase(new Redis({ ...options, host, port, db: database }));
  return new Cluster([{ host, port }], {
    redisOptions: options,
    enableOfflineQueue: false,
    slotsRefreshTimeout: 2 * commandMs,
    clusterRetryStrategy: soon,
    // A node is called by the name that the cluster gives it: its certificate is for that.
    dnsLookup: (address, done) => done(null, address),
  });
}

// The client goes on in database 0 where Redis refuses the one that was asked for: among what belongs to somebody else.
function inDatabase(client: Redis): Redis {
  return client.on('error', (error: unknown) => {
    if (commandOf(error) === 'select') client.disconnect(true);
  });
}

function commandOf(error: unknown): unknown {
  const command = error instanceof Error && 'command' in error ? error.command : undefined;
  return typeof command === 'object' && command !== null && 'name' in command ? command.name : undefined;
}

const soon = (times: number): number => Math.min(times * 50, 500);

class Late extends Error {}
const late = (ms: number) => () => new Late(`no answer within ${ms} ms`);

// Errors of the client hold the command, and with it what is kept: only words of known alphabets are quoted.
function causeOf(error: unknown): string | undefined {
  if (error instanceof Late) return error.message;
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code)) return `no connection (${code})`;
  const word = /^(?<word>[A-Z]{2,20}) /.exec(error.message)?.groups?.['word'];
  return word && `it answers ${word}`;
}
