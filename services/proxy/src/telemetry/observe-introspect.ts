import { performance } from 'node:perf_hooks';
import type { Emit } from '@latchkey/telemetry';
import type { Introspect } from '../authn/introspect.ts';
import type { ProxyEvent, QuestionOutcome } from './events.ts';

/** The same question to auth; how it ended and how long it took is emitted. */
export function observeIntrospect(introspect: Introspect, emit: Emit<ProxyEvent>): Introspect {
  return async function introspectObserved(token, asked) {
    const startedAt = performance.now();
    let outcome: QuestionOutcome = 'unanswered';
    try {
      const answer = await introspect(token, asked);
      outcome = answer.active ? 'active' : 'inactive';
      return answer;
    } finally {
      emit({ kind: 'question', outcome, ms: performance.now() - startedAt });
    }
  };
}
