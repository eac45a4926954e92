import { targetText } from '@latchkey/contract';
import type { ConnectorTarget } from '@latchkey/contract';
import type { SecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './message-of.ts';
import { reach } from './serve/origin.ts';

const tryMs = 5_000;
const pauseMs = 500;

/** Waits until a target takes connections; resolves with a sentence when it did not in its time. */
export async function waitForTarget(
  target: ConnectorTarget,
  withinMs: number,
  authorities?: SecureContext,
): Promise<string | undefined> {
  const startedAt = performance.now();
  for (;;) {
    const leftMs = startedAt + withinMs - performance.now();
    try {
      const socket = await reach(target, Math.max(1, Math.min(tryMs, leftMs)), authorities);
      socket.destroy();
      return undefined;
    } catch (error) {
      const why = messageOf(error);
      if (leftMs <= pauseMs) {
        return `${targetText(target)} takes no connections (${why}): given up after ${withinMs / 1000} s`;
      }
      await sleep(pauseMs);
    }
  }
}
