import { CallError, HttpError } from '@latchkey/http';
import type { Answer, Call } from '@latchkey/http';
import { callProvider } from '../telemetry/asking.ts';

/**
 * Asks a provider, bounded in time and size.
 *
 * @throws HttpError `provider_timeout`; `provider_unavailable` when it cannot be reached, is overloaded (429) or
 *   broken (5xx); `provider_failed` for an answer without end
 */
export async function ask(question: Call): Promise<Answer> {
  const answer = await callProvider(question).catch((error: unknown) => {
    throw error instanceof CallError ? unanswered(error) : error;
  });
  if (answer.status === 429 || answer.status >= 500) {
    throw new HttpError('provider_unavailable', { detail: `the provider answered ${answer.status}` });
  }
  return answer;
}

function unanswered(error: CallError): HttpError {
  const codes = {
    timeout: 'provider_timeout',
    unreachable: 'provider_unavailable',
    'too large': 'provider_failed',
  } as const;
  return new HttpError(codes[error.reason], { detail: `the provider: ${error.reason}`, cause: error });
}
