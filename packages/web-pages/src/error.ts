import { errors } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';
import type { Mood } from './marks.ts';
import type { PageAction, PageFact, Page } from './page.ts';

type ErrorPageInput = {
  readonly code: ErrorCode;
  readonly requestId: string;
  /** What the person should know about this very case: account, application, rule, cookie. */
  readonly facts?: readonly PageFact[] | undefined;
  readonly actions?: readonly PageAction[] | undefined;
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
