import { CallError, HttpError } from '@latchkey/http';
import type { Answer, Call } from '@latchkey/http';
import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { tracedCall } from '@latchkey/telemetry';
import type { Emit } from '@latchkey/telemetry';
import type { ProviderQuestion, AuthEvent, QuestionOutcome } from './events.ts';

type Asking = { readonly asked: ProviderQuestion; readonly emit: Emit<AuthEvent>; calls: number };

// Between a question to a provider and the HTTP calls that it takes stand passport and openid-client, which carry nothing
// along for us.
const underWay = new AsyncLocalStorage<Asking>();

/**
 * Asks a provider something and tells how that ended. What took no call at all is not emitted: it was known already, or
 * another request had just asked.
 *
 * @param outcomeWith reads how it ended from an answer
 */
export async function asking<T>(
  asked: ProviderQuestion,
  emit: Emit<AuthEvent>,
  work: () => Promise<T>,
  outcomeWith: (answer: T) => QuestionOutcome = () => 'answered',
): Promise<T> {
  const question: Asking = { asked, emit, calls: 0 };
  const startedAt = performance.now();
  let outcome: QuestionOutcome = 'answered';
  try {
    const answer = await underWay.run(question, work);
    outcome = outcomeWith(answer);
    return answer;
  } catch (error) {
    outcome = questionOutcomeOf(error);
    throw error;
  } finally {
    if (question.calls > 0) emit({ kind: 'question', asked, outcome, ms: performance.now() - startedAt });
  }
}

/**
 * Makes one call to a provider, and tells what came of it.
 *
 * @throws CallError
 */
export async function callProvider(about: Call): Promise<Answer> {
  const question = underWay.getStore();
  if (question === undefined) return tracedCall(about);
  const { asked, emit } = question;
  const startedAt = performance.now();
  question.calls += 1;
  try {
    const answer = await tracedCall(about, {
      'latchkey.provider': asked.provider,
      'latchkey.asked': asked.action,
    });
    emit({ kind: 'call', asked, status: answer.status, ms: performance.now() - startedAt });
    return answer;
  } catch (error) {
    const isTooLarge = error instanceof CallError && error.reason === 'too large';
    const failure = isTooLarge ? 'invalid_body' : 'http_client_error';
    emit({ kind: 'call', asked, failure, ms: performance.now() - startedAt });
    throw error;
  }
}

/** How a question ended that ended with an error. */
export function questionOutcomeOf(error: unknown): QuestionOutcome {
  if (!(error instanceof HttpError)) return 'provider_failed';
  if (error.code === 'provider_timeout' || error.code === 'provider_unavailable') return error.code;
  return error.code === 'account_refused' ? 'refused' : 'provider_failed';
}
