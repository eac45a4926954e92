import type { Reason } from '@latchkey/access';
import { errors, isOwnPath } from '@latchkey/contract';
import { isReading } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/contract';
import { replyError, thisAddress } from '@latchkey/web-pages';
import type { PageAction, PageFact } from '@latchkey/web-pages';
import type { Exchange } from '../exchange.ts';
import type { BeginAnswer } from './begin-answer.ts';
import { challengeFor } from './challenge.ts';

type Explanation = {
  readonly reason?: Reason;
  readonly facts?: readonly PageFact[];
  /** what a rule says to the person */
  readonly message?: string | undefined;
  /** in place of what is said about every such case */
  readonly paragraphs?: readonly string[];
  readonly actions?: readonly PageAction[];
  readonly extra?: { readonly [member: string]: string };
};

/** Answers with an error of the table: a page for people, JSON for programs. */
export function refuseWithError(
  exchange: Exchange,
  code: ErrorCode,
  { reason, facts, message, paragraphs: said, actions, extra }: Explanation = {},
): void {
  exchange.error = code;
  const { res } = exchange;
  const { status } = errors[code];
  if (status === 503) res.setHeader('Retry-After', '10');
  const challenge = challengeFor(code, exchange);
  if (challenge !== undefined) res.setHeader('WWW-Authenticate', challenge);
  const isRead = isReading(exchange.outcome?.request?.method ?? res.req.method ?? '');
  const paragraphs = [...(message === undefined ? [] : [message]), ...(said ?? whatNow(code, isRead))];
  const again = [inNewTab(code, isRead, exchange)];
  replyError(res, {
    code,
    requestId: exchange.id,
    facts,
    paragraphs,
    actions: actions ?? (code === 'not_signed_in' ? again : undefined),
    framed: { paragraphs, actions: again },
    reason,
    extra,
  });
}

/** Begins an answer, and makes an error of it. */
export function beginRefusal(exchange: Exchange, code: ErrorCode, beginAnswer: BeginAnswer): void {
  beginAnswer(exchange);
  refuseWithError(exchange, code);
}

/** Whatever goes wrong in a stage closes: the request is answered with an error and goes nowhere. */
export function refuseAfterFailure(exchange: Exchange, error: unknown, beginAnswer: BeginAnswer): void {
  const { res } = exchange;
  exchange.detail = error instanceof Error ? error.message : 'unknown';
  try {
    if (res.headersSent) return void res.destroy();
    // Another answer may have been begun.
    for (const name of res.getHeaderNames()) res.removeHeader(name);
    beginRefusal(exchange, 'internal_error', beginAnswer);
  } catch {
    res.destroy();
  }
}

// What was refused before it was forwarded did not arrive. Where the application did not answer, nobody knows.
function whatNow(code: ErrorCode, isRead: boolean): string[] {
  const isSignIn = code === 'not_signed_in';
  if (isRead) return isSignIn ? ['Once you are signed in, come back and load this page again.'] : [];
  const { status } = errors[code];
  if (status >= 500 && status !== 503) {
    return ['What you sent may have reached the application all the same: look before you send it again.'];
  }
  const again =
    ' Once you are signed in, come back to this tab, go back one page and send it again: most browsers keep what was typed.';
  return [`What you sent has not reached the application.${isSignIn ? again : ''}`];
}

// A window of its own may be redirected to the sign-in and back. Not to an address of ours, though: there a click counts as
// meant, and a site that frames a page can make people click.
function inNewTab(code: ErrorCode, isRead: boolean, { outcome }: Exchange): PageAction {
  const isPage = isRead && !isOwnPath(outcome?.request?.rawPath ?? '');
  return {
    label: code === 'not_signed_in' ? 'Sign in in a new tab' : 'Open in a new tab',
    newTab: isPage ? thisAddress : '/',
    primary: true,
  };
}
