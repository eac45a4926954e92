import { isTransient, nameOf, reasons } from '@latchkey/access';
import type { Reason } from '@latchkey/access';
import {
  errors,
  isPassedOn,
  isReadByPerson,
  isReading,
  mayBeRedirected,
  ownPaths,
  replyRedirect,
} from '@latchkey/http';
import type { CanonicalRequest, ErrorCode } from '@latchkey/http';
import { replyError, thisAddress } from '@latchkey/web-pages';
import type { Action, Fact } from '@latchkey/web-pages';
import type { ServerResponse } from 'node:http';
import type { LauncherOf } from '../endpoints/launcher-address.ts';
import type { RequestRecord } from '../record/request-record.ts';
import type { Addresses } from '../sign-in/addresses.ts';
import type { Passage } from './gate.ts';
import type { PersonMarks } from './person-marks.ts';
import type { SessionCookies } from './session-cookies.ts';

/** Answers a request that was decided against: a sign-in, 401, 403 or 503. */
export type RefuseDecision = (
  res: ServerResponse,
  record: RequestRecord,
  request: CanonicalRequest,
  passage: Passage,
) => void;

type Explanation = {
  readonly reason?: Reason;
  readonly facts?: readonly Fact[];
  readonly actions?: readonly Action[];
  readonly extra?: { readonly [member: string]: string };
};

/** Tells whether somebody who is known was refused, by a decision about them. */
export function isRefused({ decision, principal }: Pick<RequestRecord, 'decision' | 'principal'>): boolean {
  const isKnown = principal !== undefined && principal.kind !== 'visitor';
  return isKnown && decision?.allow === false && !isTransient(decision.reason);
}

// RFC 9110, section 15.5.2. Browsers know no such scheme, so none of them asks for a password.
const challenge = 'Cookie realm="Latchkey"';

/** Answers with an error of the table: a page for people, JSON for programs. */
export function refuseWithError(
  res: ServerResponse,
  record: RequestRecord,
  code: ErrorCode,
  { reason, facts, actions, extra }: Explanation = {},
): void {
  record.error = code;
  const { status } = errors[code];
  if (status === 503) res.setHeader('Retry-After', '10');
  if (status === 401) res.setHeader('WWW-Authenticate', challenge);
  const isRead = isReading(res.req.method ?? '');
  const paragraphs = whatNow(code, isRead);
  const again = [inNewTab(code, isRead, record)];
  replyError(res, {
    code,
    requestId: record.id,
    facts,
    paragraphs,
    actions: actions ?? (code === 'not_signed_in' ? again : undefined),
    framed: { paragraphs, actions: again },
    reason,
    extra,
  });
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
// meant, and whoever frames a page can make people click.
function inNewTab(code: ErrorCode, isRead: boolean, { request }: RequestRecord): Action {
  const isPage = isRead && !ownPaths.has(request?.rawPath ?? '');
  return {
    label: code === 'not_signed_in' ? 'Sign in in a new tab' : 'Open in a new tab',
    newTab: isPage ? thisAddress : '/',
    primary: true,
  };
}

/** Makes the answers to requests that were decided against. */
export function createRefuseDecision({
  addresses,
  launcherOf,
  cookies,
  marks,
}: {
  addresses: Addresses;
  launcherOf: LauncherOf;
  cookies: Pick<SessionCookies, 'endHost'>;
  marks: Pick<PersonMarks, 'tokenFor'>;
}): RefuseDecision {
  return function refuseDecision(res, record, request, passage) {
    const { decision, principal, route } = passage;
    const { reason } = decision;
    // Never to be used again, and it would hide from auth what is the matter with the shared one.
    if (passage.known === undefined && passage.spent) res.appendHeader('Set-Cookie', cookies.endHost());
    if (isTransient(reason)) {
      refuseWithError(res, record, 'session_unverified', { reason });
    } else if (principal.kind !== 'visitor') {
      const launcher = launcherOf(request, route);
      const name = nameOf(principal) ?? '';
      refuseWithError(res, record, 'access_denied', {
        reason,
        facts: [
          ['Signed in as', name],
          ['Application', route.launcher?.title ?? route.service],
          ['Who may pass', decision.rule ?? 'nobody'],
          ['Reason', reasons[reason]],
        ],
        actions: [
          { label: 'Sign in as somebody else', href: addresses.switchAccount(request, route.providerSlug) },
          ...(launcher === undefined ? [] : [{ label: 'See what you may open', href: launcher }]),
        ],
        extra: { email: name, rule: decision.rule ?? '' },
      });
    } else if (passage.arrived !== undefined && isReadByPerson(res.req.headers)) {
      const { session } = passage.arrived;
      const here = addresses.goOnAs(request, marks.tokenFor(res.req.headers.cookie, session));
      record.detail = `now ${session.email}`;
      refuseWithError(res, record, 'person_changed', {
        reason,
        facts: [['Signed in as', session.email]],
        actions: [
          {
            label: `Go on as ${session.email}`,
            // What a service worker passes on may have been fetched ahead, but for forms.
            ...(isPassedOn(res.req.headers) ? { post: here, fields: {} } : { href: here }),
            primary: true,
          },
          { label: 'Sign in as somebody else', href: addresses.switchAccount(request, route.providerSlug) },
        ],
      });
    } else if (mayBeRedirected(request.method, res.req.headers)) {
      if (!addresses.comesBack(request)) record.detail = 'the URL is too long to come back to';
      replyRedirect(res, addresses.signIn(request, route.providerSlug, reason));
    } else {
      refuseWithError(res, record, 'not_signed_in', {
        reason,
        extra: { sign_in_url: addresses.signInToStart(request, route.providerSlug, reason) },
      });
    }
  };
}
