import type { ServerResponse } from 'node:http';
import { errorJson, errors } from '@latchkey/contract';
import { isFramed, isReadByPerson, isReading, replyHtml, replyJson } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/contract';
import { errorPage } from './error.ts';
import { renderPage, thisAddress } from './page.ts';
import type { PageAction, PageFact, Page } from './page.ts';

/** Answers with a page. Headers that were set on `res` before (cookies, HSTS) go with it. */
export function replyPage(res: ServerResponse, status: number, page: Page): void {
  replyHtml(res, status, renderPage(page));
}

/** An error and what is to be said of this very case: to a person, and to a program. */
export type ErrorAnswer = {
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly facts?: readonly PageFact[] | undefined;
  readonly paragraphs?: readonly string[] | undefined;
  readonly actions?: readonly PageAction[] | undefined;
  /** in place of facts and actions, where the page is shown in a frame: the page around it may make people click */
  readonly framed?: { readonly paragraphs?: readonly string[]; readonly actions?: readonly PageAction[] };
  readonly reason?: string | undefined;
  /** further members of the JSON body */
  readonly extra?: { readonly [member: string]: string } | undefined;
};

// A failure on our side may be over in a moment. A form's address is no page to load again.
const tryAgain: PageAction = { label: 'Try again', href: thisAddress, primary: true };

/** Answers with an error of the table: a page where a person reads it, JSON for a program. */
export function replyError(res: ServerResponse, answer: ErrorAnswer): void {
  const { code, requestId, reason, extra } = answer;
  const { headers } = res.req;
  const { status } = errors[code];
  if (!isReadByPerson(headers)) {
    replyJson(res, status, errorJson({ code, requestId, reason, ...extra }));
  } else if (isFramed(headers)) {
    replyPage(res, status, errorPage({ code, requestId, ...answer.framed, framed: true }));
  } else {
    const { facts, paragraphs } = answer;
    const isPassing = status >= 500 && isReading(res.req.method ?? '');
    const actions = answer.actions ?? (isPassing ? [tryAgain] : undefined);
    replyPage(res, status, errorPage({ code, requestId, facts, paragraphs, actions }));
  }
}
