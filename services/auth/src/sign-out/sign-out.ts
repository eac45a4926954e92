import { HttpError } from '@latchkey/http';
import { openSignOutHint, providersOf } from '@latchkey/session';
import type { CookieScope, KeyRing, Session, SignOutHint } from '@latchkey/session';
import { replyPage, replySignedOut, signOutPage } from '@latchkey/web-pages';
import type { Emit } from '@latchkey/telemetry';
import type { Provider } from '../providers/provider.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import { accountPath } from '../account/path.ts';
import { endSid } from '../lifecycle/end.ts';
import type { Ending } from '../lifecycle/end.ts';
import { giveBack } from '../lifecycle/give-back.ts';
import type { GivingBack } from '../lifecycle/give-back.ts';
import { heldSessions, sessionsIn, grantStateOf } from '../lifecycle/open.ts';
import type { Opening } from '../lifecycle/open.ts';
import { openGrant } from '../session/grant.ts';
import type { SessionStore } from '../lifecycle/store.ts';
import type { Account, GrantState } from '../session/stored-session.ts';
import { StoreAway, unlessAway } from '../store/store.ts';
import type { Destination } from '../sign-in/destination.ts';
import { startHref } from '../sign-in/links.ts';
import { signedOutMark, signedOutMarkSeconds } from '../sign-in/marks.ts';
import { requestedReturn, signedParameters } from '../sign-in/requested-return.ts';
import type { ReadingReturns } from '../sign-in/requested-return.ts';
import type { ReturnAddress } from '../sign-in/return-address.ts';
import type { Handler } from '../web/locals.ts';
import { formParameters, queryParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';
import { waysOut } from './at-provider.ts';
import type { EndedSession } from './at-provider.ts';
import { takeSessionCookie } from './close-browser.ts';
import { leavingCookie, newSignOutState } from './leaving.ts';

type SigningOut = Opening &
  Ending &
  GivingBack &
  ReadingReturns & {
    readonly cookies: { readonly own: CookieScope };
    readonly keys: { readonly signOutHint: KeyRing };
    readonly store: Pick<SessionStore, 'grantState'>;
    readonly providers: ReadonlyMap<string, Pick<Provider, 'name' | 'signOut'>>;
    readonly emit: Emit<AuthEvent>;
  };

/** What the provider gave for a session that is to end. */
type ProviderTokens = Pick<GrantState, 'grant' | 'idToken'>;

type Ended = EndedSession & Account & Pick<Session, 'sid'>;

/**
 * `GET /<slug>/sign_out`: asks before signing out. Where nobody is signed in there is nothing to ask. Here a provider sends
 * those back, too, who have signed out there (OpenID Connect RP-Initiated Logout 1.0, section 3); what it says is believed
 * with the state of this very browser alone, and it ends nothing.
 */
export function askSignOut(provider: Provider, parts: SigningOut): Handler {
  const leavings = leavingCookie(parts.cookies.own);

  return async function showSignOut(req, res) {
    const parameters = queryParameters(req);
    const requestId = res.locals.line.id;
    const [session] = await sessionsToEnd(req.headers.cookie, parts);
    const hint = await hintedSession(parameters, parts);
    const email = session?.email ?? hint?.email;
    if (email === undefined) {
      const { all } = await heldSessions(req.headers.cookie, parts);
      if (!all) throw new HttpError('sign_out_incomplete');
      const leaving = leavings.read(req);
      const from =
        parameters.one('redirect_uri') === undefined ? (leaving?.wayBack ?? parameters) : parameters;
      const destination = destinationOf(wayBack(from, parts), from);
      const signInHref = startHref(provider.slug, { destination }, parts);
      const askedAt = leaving?.isState(parameters.one('state')) === true ? provider.name : undefined;
      return replySignedOut(res, { signInHref, askedAt, requestId });
    }
    const address = wayBack(parameters, parts);
    const page = signOutPage({
      email,
      action: `/${provider.slug}/sign_out`,
      fields: { ...signedParameters(parameters), ...hintField(parameters) },
      application: address && { host: address.host, href: address.url },
      sessionsHref: session && accountPath,
      requestId,
    });
    return replyPage(res, 200, page);
  };
}

/**
 * `POST /<slug>/sign_out`: ends every session that the browser shows, and the one that the application's host has. The
 * shared cookie goes, and with it all applications; copies of it die at their next check; the provider gets its grant back, and
 * where that is wanted the person goes on to it and signs out there.
 * Where a browser shows more cookies than are looked at, a session may be among the rest, and nobody hears otherwise.
 */
export function signOut(provider: Provider, parts: SigningOut): Handler {
  const mark = signedOutMark(parts.cookies.own);
  const leavings = leavingCookie(parts.cookies.own);

  return async function endSessions(req, res) {
    const { sessions, all } = await heldSessions(req.headers.cookie, parts);
    res.locals.line.user = sessions[0]?.email ?? '';
    const ended = await Promise.all(sessions.map((session) => endSession(session, parts)));
    const form = formParameters(req.body);
    const hint = await hintedSession(form, parts);
    if (hint !== undefined) ended.push(await endHinted(hint, parts));
    if (ended.length > 0) parts.emit({ kind: 'sign_out', line: res.locals.line, ended });

    takeSessionCookie(res, parts.cookies);
    if (!all) throw new HttpError('sign_out_incomplete');
    mark.set(res, '1', signedOutMarkSeconds);
    const destination = destinationOf(wayBack(form, parts), form);
    const signInHref = startHref(provider.slug, { destination, selectAccount: true }, parts);
    const state = newSignOutState();
    const ways = await waysOut(ended, state, parts);
    if (ways.length > 0) leavings.set(res, state, signedParameters(form));
    replySignedOut(res, { signInHref, waysOut: ways, requestId: res.locals.line.id });
  };
}

// Where nobody knows which of them stand, anyone who wants to sign out is asked about all.
async function sessionsToEnd(
  cookieHeader: string | undefined,
  parts: SigningOut,
): Promise<readonly Session[]> {
  const opened = await unlessAway(sessionsIn(cookieHeader, parts));
  if (opened !== undefined) return opened.map(({ session }) => session);
  return (await heldSessions(cookieHeader, parts)).sessions;
}

// The session of the host that the person comes from, where that has one of its own and it stands.
async function hintedSession(
  parameters: Parameters,
  { keys, now, store }: SigningOut,
): Promise<SignOutHint | undefined> {
  const hint = await openSignOutHint(parameters.one('hint') ?? '', keys.signOutHint, now());
  return hint === undefined || (await unlessAway(store.isRevoked(hint))) === true ? undefined : hint;
}

function hintField(parameters: Parameters): { hint?: string } {
  const hint = parameters.one('hint');
  return hint === undefined ? {} : { hint };
}

// A person who thinks before they press the button must not lose the sign-out over it, nor the way back: an address
// that is genuine and only old still does. One that is not genuine is left out.
function wayBack(parameters: Parameters, parts: SigningOut): ReturnAddress | undefined {
  const requested = requestedReturn(parameters, parts);
  return 'address' in requested ? requested.address : undefined;
}

function destinationOf(address: ReturnAddress | undefined, parameters: Parameters): Destination | undefined {
  return address && { target: address.url, providers: providersOf(signedParameters(parameters)) };
}

async function endHinted(hint: SignOutHint, parts: SigningOut): Promise<Ended> {
  const tokens = await unlessAway(parts.store.grantState(hint.sid));
  return end(hint, tokens, parts);
}

// One that does not stand today may stand again tomorrow, when settings have changed back.
async function endSession(session: Session, parts: SigningOut): Promise<Ended> {
  return end(session, await tokensOfSession(session, parts), parts);
}

async function end(
  session: SignOutHint,
  tokens: ProviderTokens | undefined,
  parts: SigningOut,
): Promise<Ended> {
  await endSid(session, parts);
  await giveBack(session, tokens?.grant, parts);
  const { idp, sub, sid, email } = session;
  return { idp, sub, sid, email, idToken: tokens?.idToken };
}

async function tokensOfSession(session: Session, parts: SigningOut): Promise<ProviderTokens | undefined> {
  try {
    return await grantStateOf(session, parts);
  } catch (error) {
    if (!(error instanceof StoreAway)) throw error;
    const grant = session.grant === undefined ? undefined : await openGrant(session.grant, parts.keys.grant);
    return grant && { grant };
  }
}
