import { HttpError } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { answeredPage, replyAnswered, replyPage } from '@latchkey/web-pages';
import type { SessionStore } from '../lifecycle/store.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';
import { openApproval } from './approval.ts';
import type { Approval } from './approval.ts';
import { answerAddress } from './authorize.ts';
import type { AskingPeople } from './authorize.ts';
import { codeFor } from './code.ts';
import { delegate } from './delegation.ts';
import type { DeviceRequests } from './device/requests.ts';
import { personOrSignIn } from './person.ts';
import { isLoopbackUri } from './redirect-uri.ts';

type HearingPeople = AskingPeople & {
  readonly devices: DeviceRequests;
  readonly store: Pick<SessionStore, 'newSid'>;
};

/** `POST /oauth2/approve`: a person has pressed a button of the page that asks whether a program may act for them. */
export function approve(parts: HearingPeople): Handler {
  return async function hearPerson(req, res) {
    const opened = await personOrSignIn(req, res, '/', parts);
    if (opened === undefined) return undefined;
    const { session } = opened;
    const form = formParameters(req.body);
    const approval = await openApproval(form.one('approval') ?? '', {
      session,
      keys: parts.programs.keys.approval,
      now: parts.now(),
    });
    const client = await parts.programs.clients.of(approval.client, session.email);
    const { line } = res.locals;
    const application = new URL(approval.resource).host;
    line.application = application;
    const isApproved = form.one('decision') === 'approve';
    line.detail = `${client.name} ${isApproved ? 'may act for the person' : 'was refused'}`;
    const shown = { isApproved, program: client.name, application, requestId: line.id };
    if (approval.kind === 'device') {
      await answerDevice(approval, isApproved ? { session } : 'refused', parts);
      return replyPage(res, 200, answeredPage(shown));
    }
    const answer = isApproved ? { code: await codeOf(approval, session, parts) } : { error: 'access_denied' };
    const href = answerAddress(approval, answer, parts.origin);
    // Who refuses a program somewhere else need not go there for it.
    if (!isApproved && !isLoopbackUri(approval.redirectUri)) return replyPage(res, 200, answeredPage(shown));
    return replyAnswered(res, { ...shown, href });
  };
}

async function codeOf(
  { client, resource, scopes, redirectUri, codeChallenge }: Extract<Approval, { kind: 'redirect' }>,
  session: Session,
  { store, programs, now }: HearingPeople,
): Promise<string> {
  const delegation = delegate(session, { client, resource, scopes, family: await store.newSid() });
  return codeFor(delegation, { redirectUri, codeChallenge, now: now() }, programs.keys.code);
}

async function answerDevice(
  { id, userCode }: Extract<Approval, { kind: 'device' }>,
  verdict: { readonly session: Session } | 'refused',
  { devices }: HearingPeople,
): Promise<void> {
  const request = await devices.get(userCode);
  if (request?.id !== id || request.verdict !== 'none') {
    throw new HttpError('approval_refused', { detail: 'the program does not wait any more' });
  }
  await devices.put(userCode, { ...request, verdict });
}
