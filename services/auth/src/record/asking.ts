import { HttpError } from '@latchkey/http';
import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import type { Asked, QuestionOutcome, Tell } from './events.ts';

type Asking = { readonly asked: Asked; readonly tell: Tell; calls: number };

// Between a question to a provider and the HTTP calls that it takes stand passport and openid-client, which carry nothing
// along for us.
const underWay = new AsyncLocalStorage<Asking>();

/**
 * Asks a provider something and tells how that ended. What took no call at all is not told: it was known already, or
 * another request had just asked.
 */
export async function asking<T>(asked: Asked, tell: Tell, work: () => Promise<T>): Promise<T> {
  const question: Asking = { asked, tell, calls: 0 };
  const startedAt = performance.now();
  let outcome: QuestionOutcome = 'answered';
  try {
    const answer = await underWay.run(question, work);
    if (asked.action === 'refresh' && answer === undefined) outcome = 'refused';
    return answer;
  } catch (error) {
    outcome = outcomeOf(error);
    throw error;
  } finally {
    if (question.calls > 0) tell({ kind: 'question', asked, outcome, ms: performance.now() - startedAt });
  }
}

/** What came of a call: the status of its answer, or why there is no usable one. */
export type CallResult =
  { readonly status: number } | { readonly failure: 'http_client_error' | 'invalid_body' };

/** Starts the clock of one call to a provider; what it gives is called with the result, once. */
export function callStarted(): (result: CallResult) => void {
  const question = underWay.getStore();
  if (question === undefined) return () => undefined;
  const startedAt = performance.now();
  question.calls += 1;
  return function callEnded(result) {
    const { asked, tell } = question;
    tell({
      kind: 'call',
      asked,
      status: 'status' in result ? result.status : undefined,
      failure: 'failure' in result ? result.failure : undefined,
      ms: performance.now() - startedAt,
    });
  };
}

function outcomeOf(error: unknown): QuestionOutcome {
  if (!(error instanceof HttpError)) return 'provider_failed';
  if (error.code === 'provider_timeout' || error.code === 'provider_unavailable') return error.code;
  return error.code === 'account_refused' ? 'refused' : 'provider_failed';
}
