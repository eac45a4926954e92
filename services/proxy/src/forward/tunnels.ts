import type { Duplex } from 'node:stream';

/** The open WebSockets. A session is looked at only at the handshake, so each is looked at again while it is open. */
export type Tunnels = {
  /** @param stillAllowed decides again about the request that opened it */
  add(socket: Duplex, stillAllowed: () => Promise<boolean>): void;
  /** Decides about all of them now, and ends those that would not be let in any more. */
  recheck(): Promise<void>;
  /** Ends all of them. */
  close(): void;
};

// So many questions to auth at a time.
const atOnce = 20;

/** @param everyMs how often all are decided about again */
export function createTunnels(everyMs: number): Tunnels {
  const open = new Map<Duplex, () => Promise<boolean>>();
  let closed = false;
  let pass: Promise<void> | undefined;

  async function decideAgain(): Promise<void> {
    const waiting = [...open];
    const workers = Array.from({ length: atOnce }, async function work() {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [socket, stillAllowed] = next;
        if (!(await stillAllowed().catch(() => false))) socket.destroy();
      }
    });
    await Promise.all(workers);
  }

  async function recheck(): Promise<void> {
    await pass;
    pass ??= decideAgain().finally(() => (pass = undefined));
    await pass;
  }

  // One that takes longer than the interval is not joined by another.
  const timer = setInterval(() => void (pass ?? recheck()), everyMs);
  timer.unref();

  return {
    add(socket, stillAllowed) {
      if (closed || socket.destroyed) return void socket.destroy();
      open.set(socket, stillAllowed);
      return void socket.once('close', () => open.delete(socket));
    },
    recheck,
    close() {
      closed = true;
      clearInterval(timer);
      for (const socket of open.keys()) socket.destroy();
    },
  };
}
