import type { Http2Session } from 'node:http2';

/**
 * Pings the other side, and ends the session with all its streams when an answer stays away: a machine that was switched off, or
 * a network that was cut, closes nothing.
 *
 * @param options.leavesWithinMs how long a session that closes may take: it sends no pings, so nothing else shows that the other
 * side has left. Longer than the side that stops gives to what is under way.
 * @returns what ends the pinging
 */
export function keepAlive(
  session: Http2Session,
  {
    leavesWithinMs,
    everyMs = 3_000,
    withinMs = 6_000,
  }: { leavesWithinMs: number; everyMs?: number; withinMs?: number },
): () => void {
  let late: NodeJS.Timeout | undefined;

  function endAfter(ms: number, why: string): NodeJS.Timeout {
    return setTimeout(() => session.destroy(new Error(`${why} ${ms / 1000} s`)), ms);
  }
  function ping(): void {
    if (session.destroyed || late !== undefined) return;
    if (session.closed) {
      late = endAfter(leavesWithinMs, 'it was to end, and has not within');
      return;
    }
    late = endAfter(withinMs, 'no answer to a ping for');
    const isSent = session.ping(function answered() {
      clearTimeout(late);
      late = undefined;
    });
    if (!isSent) session.destroy(new Error('no further ping can be sent'));
  }

  const timer = setInterval(ping, everyMs);
  timer.unref();
  function end(): void {
    clearInterval(timer);
    clearTimeout(late);
  }
  session.once('close', end);
  return end;
}
