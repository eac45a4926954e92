import type { Http2Session } from 'node:http2';

const usual = { everyMs: 3_000, withinMs: 6_000 };

/**
 * Pings the other side, and ends the session with all its streams when an answer stays away: a machine that was switched off, or
 * a network that was cut, closes nothing.
 *
 * @returns what ends the pinging
 */
export function keepAlive(session: Http2Session, { everyMs, withinMs } = usual): () => void {
  let late: NodeJS.Timeout | undefined;

  function ping(): void {
    // A session that closes sends no ping, and what is under way on it may take its time: the side that stops has a bound for it.
    if (session.destroyed || session.closed || late !== undefined) return;
    late = setTimeout(
      () => session.destroy(new Error(`no answer to a ping for ${withinMs / 1000} s`)),
      withinMs,
    );
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
