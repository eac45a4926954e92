import { errors, isErrorCode } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';

/** How something ended, as the audit log says it. */
type Ending =
  { readonly outcome: 'done' } | { readonly outcome: 'refused' | 'failed'; readonly reason: ErrorCode };

/** @param outcome one of our errors, or any other word for what was done */
export function endingOf(outcome: unknown): Ending {
  if (!isErrorCode(outcome)) return { outcome: 'done' };
  return { outcome: errors[outcome].status < 500 ? 'refused' : 'failed', reason: outcome };
}
