import { errors } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { Mood } from './marks.ts';
import type { Action, Fact, Page } from './page.ts';

type ErrorPageInput = {
  readonly code: ErrorCode;
  readonly requestId: string;
  /** What the person should know about this very case: account, application, rule, cookie. */
  readonly facts?: readonly Fact[] | undefined;
  readonly actions?: readonly Action[] | undefined;
  /** Said after the sentence of the table. */
  readonly paragraphs?: readonly string[] | undefined;
  readonly framed?: boolean | undefined;
};

/** The page of an error. The answer's status is that of the code in the table. */
export function errorPage({
  code,
  requestId,
  facts,
  actions,
  paragraphs = [],
  framed,
}: ErrorPageInput): Page {
  const { status, title, sentence } = errors[code];
  return {
    title,
    heading: title,
    status: String(status),
    paragraphs: [sentence, ...paragraphs],
    facts,
    actions,
    requestId,
    mood: moodOf(status),
    framed,
  };
}

function moodOf(status: number): Mood {
  if (status >= 500) return 'broken';
  return status === 401 || status === 403 ? 'refused' : 'plain';
}

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
