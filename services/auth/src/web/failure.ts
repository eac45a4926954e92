import { HttpError } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/contract';
import { replyError } from '@latchkey/web-pages';
import type { PageAction, PageFact } from '@latchkey/web-pages';
import type { ErrorRequestHandler } from 'express';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Locals, Reply } from './locals.ts';

/** An answer that says no: its code, and what a person or an operator should know about this very case. */
export type Failure = {
  readonly code: ErrorCode;
  /** for the log only */
  readonly detail?: string | undefined;
  /** the account that it is about: for the log, and for the person to see whom they came as */
  readonly user?: string | undefined;
  readonly facts?: readonly PageFact[];
  readonly paragraphs?: readonly string[];
  readonly actions?: readonly PageAction[];
};

/** Answers with an error: a page for a person, JSON for a program. */
export function replyFailure(
  req: IncomingMessage,
  res: Reply,
  { code, detail, user, facts = [], ...page }: Failure,
): void {
  const { line } = res.locals;
  res.locals.failed = code;
  line.error = code;
  if (detail !== undefined) line.detail = detail;
  if (user !== undefined) line.user = user;
  // What is refused unread is not read to its end either, for as long as somebody likes to send.
  if (isBodyUnread(req)) res.set('Connection', 'close');
  const account: readonly PageFact[] = user === undefined ? [] : [['Account', user]];
  // In a frame it says what is the matter and leads nowhere: a click on a page of ours counts as meant.
  replyError(res, { code, requestId: line.id, ...page, facts: [...account, ...facts] });
}

/** The last handler: turns whatever was thrown into an answer. What nobody foresaw is logged with its stack. */
export function answerErrors(
  log: Logger,
): ErrorRequestHandler<Record<string, string>, unknown, unknown, unknown, Locals> {
  // Express knows an error handler by its four parameters.
  return function answerError(error: unknown, req, res, _next) {
    const failure = failureOf(error);
    if (failure.code === 'internal_error')
      log.error({ id: res.locals.line.id, err: error }, 'unexpected error');
    if (res.headersSent) {
      res.destroy();
      return;
    }
    if (error instanceof HttpError) res.set(error.headers);
    replyFailure(req, res, failure);
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof HttpError) return { code: error.code, detail: error.detail };
  // What Express throws about a request carries the status that it would have sent.
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { code: 'bad_request', detail: 'malformed path' };
  }
  return { code: 'internal_error' };
}

function isBodyUnread({ headers, complete }: IncomingMessage): boolean {
  const { 'transfer-encoding': coding, 'content-length': length = '0' } = headers;
  return !complete && (coding !== undefined || length !== '0');
}
