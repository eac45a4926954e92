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

/** @param everyMs how often all are decided about again */
export function createTunnels(everyMs: number): Tunnels {
  const open = new Map<Duplex, () => Promise<boolean>>();

  async function recheck(): Promise<void> {
    for (const [socket, stillAllowed] of open) {
      if (!(await stillAllowed().catch(() => false))) socket.destroy();
    }
  }

  const timer = setInterval(() => void recheck(), everyMs);
  timer.unref();

  return {
    add(socket, stillAllowed) {
      open.set(socket, stillAllowed);
      socket.once('close', () => open.delete(socket));
    },
    recheck,
    close() {
      clearInterval(timer);
      for (const socket of open.keys()) socket.destroy();
    },
  };
}
