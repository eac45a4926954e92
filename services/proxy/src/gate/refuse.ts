import { reasons } from '@latchkey/access';
import type { Reason } from '@latchkey/access';
import {
  errorJson,
  errorPage,
  errors,
  isNavigation,
  replyJson,
  replyPage,
  replyRedirect,
} from '@latchkey/http';
import type { Action, CanonicalRequest, ErrorCode, Fact } from '@latchkey/http';
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

/** Tells whether a refusal is about us and not about the person: it may be gone in a moment, and signs nobody out. */
export function isTransient(reason: Reason): boolean {
  return reason === 'session_unverified' || reason === 'groups_unknown';
}

/** Tells whether a person was refused, by a decision about them. */
export function isRefused({ decision, subject }: Pick<RequestRecord, 'decision' | 'subject'>): boolean {
  return decision?.allow === false && subject?.kind === 'person' && !isTransient(decision.reason);
}

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
  if (isNavigation(res.req.method ?? '', res.req.headers)) {
    replyPage(res, status, errorPage({ code, requestId: record.id, facts, actions }));
  } else {
    replyJson(res, status, errorJson({ code, requestId: record.id, reason, ...extra }));
  }
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
  marks: Pick<PersonMarks, 'markOf'>;
}): RefuseDecision {
  return function refuseDecision(res, record, request, passage) {
    const { decision, subject } = passage;
    const { reason, route } = decision;
    // Never to be used again, and it would hide from auth what is the matter with the shared one.
    if (passage.known === undefined && passage.spent) res.appendHeader('Set-Cookie', cookies.endHost());
    if (isTransient(reason)) {
      refuseWithError(res, record, 'session_unverified', { reason });
    } else if (subject.kind === 'person') {
      const launcher = launcherOf(request, route);
      refuseWithError(res, record, 'access_denied', {
        reason,
        facts: [
          ['Signed in as', subject.email],
          ['Application', route.launcher?.title ?? route.service],
          ['Who may pass', decision.rule ?? 'nobody'],
          ['Reason', reasons[reason]],
        ],
        actions: [
          { label: 'Sign in as somebody else', href: addresses.switchAccount(request, route.providerSlug) },
          ...(launcher === undefined ? [] : [{ label: 'See what you may open', href: launcher }]),
        ],
        extra: { email: subject.email, rule: decision.rule ?? '' },
      });
    } else if (passage.arrived !== undefined && isNavigation(request.method, res.req.headers)) {
      const { session } = passage.arrived;
      record.detail = `now ${session.email}`;
      refuseWithError(res, record, 'person_changed', {
        reason,
        facts: [['Signed in as', session.email]],
        actions: [
          {
            label: `Go on as ${session.email}`,
            href: addresses.goOnAs(request, marks.markOf(session)),
            primary: true,
          },
          { label: 'Sign in as somebody else', href: addresses.switchAccount(request, route.providerSlug) },
        ],
      });
    } else if (isNavigation(request.method, res.req.headers)) {
      replyRedirect(res, addresses.signIn(request, route.providerSlug, reason));
    } else {
      refuseWithError(res, record, 'not_signed_in', {
        reason,
        extra: { sign_in_url: addresses.signInToStart(request, route.providerSlug, reason) },
      });
    }
  };
}
