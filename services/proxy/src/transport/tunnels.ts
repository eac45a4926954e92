import { isReason, isTransient } from '@latchkey/access';
import type { Reason } from '@latchkey/access';
import type { ErrorCode } from '@latchkey/contract';
import type { CloseCode, Tunnel } from './tunnel.ts';

/** Why nobody would be let in where somebody has been: a decision, or an error of ours. */
export type WhyNot = Reason | Extract<ErrorCode, 'unknown_host' | 'internal_error'>;

/** An open WebSocket and the request that it began with. */
export type Watched = {
  readonly tunnel: Tunnel;
  /** decides again about that request; undefined where it would be let in */
  readonly whyNot: () => Promise<WhyNot | undefined>;
  /** what became of it is to be said now: it is about to be ended */
  readonly cut: (why: WhyNot) => void;
};

/** The open WebSockets. A session is looked at only at the handshake, so each is looked at again while it is open. */
export type Tunnels = {
  /**
   * Opens one.
   *
   * @param isOvertaken what its handshake was decided by is not in force any more, so it is decided about again first
   */
  add(watched: Watched, isOvertaken: boolean): Promise<void>;
  /** Decides about all of them now, and ends those that would not be let in any more. */
  recheck(): Promise<void>;
  /** Ends all of them, and whatever is added from now on. */
  close(): void;
};

// So many questions to auth at a time.
const atOnce = 20;

/** @param everyMs how often all are decided about again */
export function createTunnels(everyMs: number): Tunnels {
  const open = new Set<Watched>();
  let closed = false;
  let pass: Promise<void> | undefined;

  async function decideAbout(watched: Watched): Promise<void> {
    const why = await watched.whyNot().catch(() => 'internal_error' as const);
    if (why === undefined || !open.delete(watched)) return;
    watched.cut(why);
    watched.tunnel.close(codeFor(why));
  }

  async function decideAgain(): Promise<void> {
    const waiting = [...open];
    const workers = Array.from({ length: atOnce }, async function work() {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await decideAbout(next);
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
    async add(watched, isOvertaken) {
      const { tunnel } = watched;
      if (closed) return tunnel.close(1001);
      open.add(watched);
      tunnel.onClose(() => open.delete(watched));
      if (isOvertaken) await decideAbout(watched);
      if (open.has(watched)) tunnel.open();
    },
    recheck,
    close() {
      closed = true;
      clearInterval(timer);
      for (const { tunnel } of open) tunnel.close(1001);
      open.clear();
    },
  };
}

// What is about us and not about the person may be gone in a moment.
function codeFor(why: WhyNot): CloseCode {
  return why === 'internal_error' || (isReason(why) && isTransient(why)) ? 1013 : 1008;
}
