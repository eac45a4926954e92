import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What becomes of what one side sends to the other. */
export type Way = {
  readonly delayMs?: number;
  /** what waits, and all that comes after it, as where packets get lost, until the relay is healed */
  readonly held?: RegExp;
  readonly changed?: (piece: Buffer) => Buffer;
};

/** What a relay does to connections. */
export type Treatment = {
  /** new ones are refused, or taken and reset at once; those that are open are reset in any case */
  readonly connections?: 'refused' | 'reset';
  readonly there?: Way;
  readonly back?: Way;
};

/** Passes bytes on from one port to another, without a fault until `treat` asks for one. */
export type Relay = {
  treat(treatment: Treatment): Promise<void>;
  /** Leads on well again. What was held arrives; connections on which something was changed are reset. */
  heal(): Promise<void>;
  /** resolves when it holds something on so many connections */
  holds(count: number): Promise<void>;
  /** Resets the connections on which it holds something: that has never been sent. */
  drop(): void;
  close(): Promise<void>;
};

/** Starts one on a port, to a port. */
export async function startRelay(port: number, to: number): Promise<Relay> {
  let treatment: Treatment = {};
  let healed = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const held = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, take);
  await listen();

  async function listen(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  function take(client: Socket): void {
    if (treatment.connections === 'reset') return void client.resetAndDestroy();
    const target = connect({ port: to, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    endTogether(client, target);
    endTogether(target, client);
    lead(client, target, () => treatment.there).catch(() => undefined);
    lead(target, client, () => treatment.back).catch(() => undefined);
  }
  function endTogether(one: Socket, other: Socket): void {
    sockets.add(one);
    one.on('error', () => undefined);
    one.once('close', () => {
      sockets.delete(one);
      other.resetAndDestroy();
    });
  }

  async function lead(from: Socket, onto: Socket, way: () => Way | undefined): Promise<void> {
    let arrived: Promise<unknown> = Promise.resolve();
    // In the order in which it was sent, also where the relay is healed meanwhile.
    function later(act: () => void): void {
      const { delayMs } = way() ?? {};
      arrived = Promise.all([arrived, delayMs !== undefined && pause(delayMs)]).then(act);
    }
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (way()?.held?.test(piece.toString('latin1')) === true) await waits(onto);
      const { changed = (same: Buffer) => same } = way() ?? {};
      later(() => void onto.write(changed(piece)));
    }
    later(() => void onto.end());
  }
  async function waits(onto: Socket): Promise<void> {
    held.add(onto);
    await healed.promise;
    held.delete(onto);
  }

  return {
    async treat(next) {
      treatment = next;
      healed = Promise.withResolvers<void>();
      if (next.connections !== undefined) reset(sockets);
      if (next.connections === 'refused') await new Promise((resolve) => void server.close(resolve));
    },
    async heal() {
      const { connections, there, back } = treatment;
      treatment = {};
      healed.resolve();
      if (there?.changed !== undefined || back?.changed !== undefined) reset(sockets);
      if (connections === 'refused') await listen();
    },
    async holds(count) {
      while (held.size < count) await pause(20);
    },
    drop: () => reset(held),
    async close() {
      reset(sockets);
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function reset(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.resetAndDestroy();
}
