import { errors } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';

type HttpErrorOptions = {
  /** What was found, for the log only. It is never shown, and must not hold a secret, token, code or state. */
  readonly detail?: string;
  /** The account that it is about, for the log and for the person themselves. */
  readonly user?: string | undefined;
  /** Headers that the answer needs, such as `allow` or `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** An answer from the table, thrown: the handler that catches it renders the page or the JSON of its code. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly user: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, { detail, user, headers = {}, cause }: HttpErrorOptions = {}) {
    // The message is the public title: should a handler we did not write ever print it, nothing leaks.
    super(errors[code].title, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
    this.user = user;
    this.headers = headers;
  }
}
