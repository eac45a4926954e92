import type { Emit } from '@latchkey/telemetry';
import type { ProxyEvent } from './events.ts';

// While auth is away, every session in use asks again after ten seconds. When auth answers some and not others, an answer
// is no end yet: there would be a line for each.
const quietMs = 60_000;

/**
 * Makes two moments out of many: sessions begin to stand by their grace period, and auth answers again.
 *
 * @param elapsed milliseconds that never jump
 */
export function withGraceAlarm(emit: Emit<ProxyEvent>, elapsed: () => number): Emit<ProxyEvent> {
  let inUse: { readonly since: number; readonly last: number } | undefined;

  return function watch(event) {
    emit(event);
    if (event.kind === 'grace') {
      if (inUse === undefined) emit({ kind: 'grace_began', detail: event.detail });
      inUse = { since: inUse?.since ?? elapsed(), last: elapsed() };
    } else if (event.kind === 'question' && event.outcome !== 'unanswered') {
      if (inUse === undefined || elapsed() - inUse.last < quietMs) return;
      emit({ kind: 'grace_over', ms: elapsed() - inUse.since });
      inUse = undefined;
    }
  };
}
