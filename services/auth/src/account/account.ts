import { HttpError, replyHtml, replyRedirect } from '@latchkey/http';
import type { CookieScope, Session, SessionCookie } from '@latchkey/session';
import { accountPage, replyPage, replySignedOut, signInPage } from '@latchkey/web-pages';
import type { OwnSession } from '@latchkey/web-pages';
import type { Emit } from '@latchkey/telemetry';
import type { Request } from 'express';
import type { Provider } from '../providers/provider.ts';
import { endProgram, programsOf } from './own-programs.ts';
import type { KnowingPrograms } from './own-programs.ts';
import { accountPath, endAllPath, endOnePath, endProgramPath } from './path.ts';
import { endSid } from '../lifecycle/end.ts';
import { endPerson } from '../lifecycle/end-person.ts';
import type { EndingPeople } from '../lifecycle/end-person.ts';
import { livingOf } from '../lifecycle/living.ts';
import { heldSessions, sessionsIn } from '../lifecycle/open.ts';
import type { Opening, OpenSession } from '../lifecycle/open.ts';
import type { SessionRecord, SessionRecords } from '../session/records.ts';
import { beginSignIn } from '../sign-in/begin.ts';
import type { Beginning } from '../sign-in/begin.ts';
import { startHref } from '../sign-in/links.ts';
import {
  signedOutMark,
  signedOutMarkSeconds,
  toAccountMark,
  toAccountMarkSeconds,
} from '../sign-in/marks.ts';
import { waysOut } from '../sign-out/at-provider.ts';
import { takeSessionCookie } from '../sign-out/close-browser.ts';
import { leavingCookie, newSignOutState } from '../sign-out/leaving.ts';
import type { OpenStore } from '../store/open.ts';
import { digest } from '@latchkey/contract';
import type { AuthEvent } from '../telemetry/events.ts';
import type { Handler, Reply } from '../web/locals.ts';
import { formParameters } from '../web/parameters.ts';

type OwnAccount = {
  readonly cookies: { readonly session: SessionCookie; readonly own: CookieScope };
  readonly providers: ReadonlyMap<string, Provider>;
  readonly records: Pick<SessionRecords, 'get' | 'ofAccount' | 'ofEmail'>;
  readonly shared: OpenStore;
  readonly emit: Emit<AuthEvent>;
} & Opening &
  KnowingPrograms &
  EndingPeople &
  Beginning;

/** `GET /account`: where a person is signed in. Who is not at all is led through the sign-in and back. */
export function showAccount(parts: OwnAccount): Handler {
  const signedOut = signedOutMark(parts.cookies.own);
  const toAccount = toAccountMark(parts.cookies.own);

  return async function showSessions(req, res) {
    const { session } = (await personIn(req, res, parts)) ?? {};
    if (session === undefined) {
      const [only, ...others] = parts.providers.values();
      const isAsked = only === undefined || others.length > 0 || signedOut.read(req) !== undefined;
      if (isAsked) return replySignIn(req, res, parts);
      toAccount.set(res, '1', toAccountMarkSeconds);
      return beginSignIn(req, res, { provider: only }, parts);
    }
    const others = await othersOf(session, parts);
    const { from = {} } = (await parts.records.get(session.sid)) ?? {};
    const here: SessionRecord = { ...session, from, seenAt: parts.now() };
    const page = accountPage({
      email: session.email,
      provider: parts.providers.get(session.idp)?.name ?? session.idp,
      sessions: [here, ...others].map((record) => shown(record, record === here)),
      programs: await programsOf(session, parts),
      endProgramAction: endProgramPath,
      endOneAction: endOnePath,
      endAllAction: endAllPath,
      signOutHref: `/${session.idp}/sign_out`,
      note: parts.shared.store.log === undefined ? ofOneTask : undefined,
      now: parts.now(),
      requestId: res.locals.line.id,
    });
    return replyHtml(res, 200, page);
  };
}

const ofOneTask =
  'The sign-in service forgets this list when it is started anew, and shows a session again once it is used.';

/** `POST /account/sign_out`: ends one of a person's own sessions. */
export function endOne(parts: OwnAccount): Handler {
  return async function endOwnSession(req, res) {
    const { session } = (await personIn(req, res, parts)) ?? {};
    if (session === undefined) return replySignIn(req, res, parts);
    const handle = formParameters(req.body).one('session');
    if (handle === handleOf(session.sid)) return replyRedirect(res, `/${session.idp}/sign_out`);
    const record = (await othersOf(session, parts)).find(({ sid }) => handleOf(sid) === handle);
    if (record === undefined) throw new HttpError('session_unknown');
    await endSid(record, parts);
    parts.emit({ kind: 'sign_out', line: res.locals.line, ended: [record] });
    return replyRedirect(res, accountPath);
  };
}

/** `POST /account/end_program`: ends a program that acts for a person. */
export function endOneProgram(parts: OwnAccount): Handler {
  return endProgram(
    async (req, res) => (await personIn(req, res, parts))?.session,
    (req, res) => replySignIn(req, res, parts),
    parts,
  );
}

/** `POST /account/sign_out_everywhere`: ends all of a person's sessions, this one among them. */
export function endAll(parts: OwnAccount): Handler {
  const signedOut = signedOutMark(parts.cookies.own);
  const leavings = leavingCookie(parts.cookies.own);

  return async function endOwnSessions(req, res) {
    const opened = await personIn(req, res, parts);
    if (opened === undefined) return replySignIn(req, res, parts);
    const { session, known } = opened;
    // A sibling host may have planted the cookie of somebody else, and hidden one of this person's by it.
    const { sessions, all } = await heldSessions(req.headers.cookie, parts);
    const { givenBack } = await endPerson({ account: session }, parts);
    await Promise.all(sessions.map((held) => endSid(held, parts)));
    await givenBack;
    const { idp, sub, email } = session;
    parts.emit({ kind: 'sign_out', line: res.locals.line, ended: [{ idp, sub, email }, ...sessions] });
    takeSessionCookie(res, parts.cookies);
    if (!all) throw new HttpError('sign_out_incomplete');
    signedOut.set(res, '1', signedOutMarkSeconds);
    const state = newSignOutState();
    const ways = await waysOut([{ ...session, idToken: known.idToken }], state, parts);
    if (ways.length > 0) leavings.set(res, state, {});
    const signInHref = startHref(session.idp, { selectAccount: true }, parts);
    replySignedOut(res, { everywhere: true, signInHref, waysOut: ways, requestId: res.locals.line.id });
  };
}

// To a form, too, that was left open until its session was over: a redirect would lead on to the provider, and a browser holds
// every redirect of the answer to a form to `form-action`, so that the button would do nothing.
function replySignIn(req: Request, res: Reply, parts: OwnAccount): void {
  const signedOut = signedOutMark(parts.cookies.own).read(req) !== undefined;
  toAccountMark(parts.cookies.own).set(res, '1', toAccountMarkSeconds);
  const providers = [...parts.providers.values()].map(({ slug, name }) => ({
    name,
    href: startHref(slug, { selectAccount: signedOut }, parts),
  }));
  replyPage(res, 200, signInPage({ providers, signedOut, requestId: res.locals.line.id }));
}

async function personIn(req: Request, res: Reply, parts: OwnAccount): Promise<OpenSession | undefined> {
  const [opened] = await sessionsIn(req.headers.cookie, parts);
  if (opened !== undefined) res.locals.line.user = opened.session.email;
  return opened;
}

// One address at two providers is two people: what one of them vouches for shows nothing of what the other does.
async function othersOf(session: Session, parts: OwnAccount): Promise<readonly SessionRecord[]> {
  const living = await livingOf(await parts.records.ofAccount(session), parts);
  return living.filter(({ sid }) => sid !== session.sid).toSorted((one, other) => other.seenAt - one.seenAt);
}

// It names a session, to nobody but the person who has it in their list, and is good for nothing else.
function handleOf(sid: string): string {
  return digest(['handle of a session', sid]);
}

function shown({ sid, auth_time, seenAt, from }: SessionRecord, isHere: boolean): OwnSession {
  return {
    handle: handleOf(sid),
    browser: from.browser,
    address: from.address,
    signedInAt: auth_time * 1000,
    seenAt,
    isHere,
  };
}
