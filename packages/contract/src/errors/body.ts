import { errors } from './table.ts';
import type { ErrorCode } from './table.ts';

/** The body of an error for programs. */
export type ErrorBody = {
  readonly error: ErrorCode;
  readonly reason?: string;
  readonly message: string;
  readonly request_id: string;
  readonly [extra: string]: unknown;
};

type ErrorJsonInput = {
  readonly code: ErrorCode;
  readonly requestId: string;
  /** The narrower cause, where the code has several: a decision's reason, say. */
  readonly reason?: string | undefined;
  // Extra members never replace the ones that every body has.
  readonly error?: never;
  readonly message?: never;
  readonly request_id?: never;
  /** Further members of the body, such as `sign_in_url`. */
  readonly [extra: string]: unknown;
};

/** The JSON body of an error, to be sent as `application/json` with the status of the code. */
export function errorJson({ code, requestId, reason, ...extra }: ErrorJsonInput): ErrorBody {
  return {
    error: code,
    ...(reason === undefined ? {} : { reason }),
    message: errors[code].sentence,
    request_id: requestId,
    ...extra,
  };
}
