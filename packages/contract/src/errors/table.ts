import { applicationErrors } from './application.ts';
import { programErrors } from './programs.ts';
import { requestErrors } from './request.ts';
import { serviceErrors } from './service.ts';
import { sessionErrors } from './session.ts';
import { signInErrors } from './sign-in.ts';

/**
 * Every error either service answers with. The page, the JSON body, the log level and `docs/errors.md` all come from
 * this table; codes are public and stay.
 */
export const errors = {
  ...requestErrors,
  ...sessionErrors,
  ...signInErrors,
  ...applicationErrors,
  ...serviceErrors,
  ...programErrors,
} as const;

/** The name of an error: public, stable, the same in page, JSON, log and metrics. */
export type ErrorCode = keyof typeof errors;

/** Tells whether a word is the name of one of these errors. */
export function isErrorCode(word: unknown): word is ErrorCode {
  return typeof word === 'string' && Object.hasOwn(errors, word);
}
