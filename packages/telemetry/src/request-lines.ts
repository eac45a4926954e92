import { errors } from '@latchkey/contract';
import type { ErrorCode, ErrorLevel } from '@latchkey/contract';

/** The level of the line that a request leaves in the log. */
export function requestLevel(error: ErrorCode | undefined, isHealthCheck = false): ErrorLevel | 'debug' {
  // Health checks come every few seconds from every side.
  if (isHealthCheck) return 'debug';
  return error === undefined ? 'info' : errors[error].level;
}

/** Whether the answer to a request is logged even where requests are not. That somebody has to sign in first is no failure. */
export function isFailure(error: ErrorCode | undefined): boolean {
  return error !== undefined && error !== 'not_signed_in';
}
