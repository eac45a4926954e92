import { admitAccount } from '@latchkey/access';
import { HttpError } from '@latchkey/http';
import { isErrorCode } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';
import { readSession } from '@latchkey/session';
import type { Attempt, AttemptCookies, AttemptSecrets, Session } from '@latchkey/session';
import type { PageAction } from '@latchkey/web-pages';
import type { Request } from 'express';
import { z } from 'zod';
import type { Emit } from '@latchkey/telemetry';
import type { Provider } from '../providers/provider.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import { describeBrowser } from '../session/browser.ts';
import { endSid, endUnasked } from '../lifecycle/end.ts';
import type { Ending } from '../lifecycle/end.ts';
import type { OpenStore } from '../store/open.ts';
import { issueSession } from '../lifecycle/issue.ts';
import type { Arrival, Issuing } from '../lifecycle/issue.ts';
import { sessionsIn } from '../lifecycle/open.ts';
import type { ProviderSessions } from '../session/provider-sessions.ts';
import type { Opening, OpenSession } from '../lifecycle/open.ts';
import { replyFailure } from '../web/failure.ts';
import type { Failure } from '../web/failure.ts';
import type { Handler, Reply } from '../web/locals.ts';
import { queryOf, queryParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';
import type { Destination } from './destination.ts';
import { startHref } from './links.ts';
import { createOnce } from './once.ts';
import { sendBack } from './send-back.ts';
import type { SendingBack } from './send-back.ts';

type FinishingSignIn = Opening &
  Issuing &
  Ending &
  SendingBack & {
    readonly attempts: Pick<AttemptCookies, 'end' | 'find'>;
    readonly providerSessions: Pick<ProviderSessions, 'hasEnded'>;
    readonly emit: Emit<AuthEvent>;
    readonly shared: OpenStore;
    readonly mustRefuse: () => boolean;
  };

/** Whom a provider vouches for, and who may sign in. */
type Vouched = Omit<Arrival, 'from'>;

/** How a sign-in ended. */
type Outcome = Failure | { readonly session: Session; readonly setCookie: string };

const code = z.custom<ErrorCode>(isErrorCode);
const optional = { detail: z.string().exactOptional(), user: z.string().exactOptional() };
const failure = z.object({ code, ...optional, paragraphs: z.array(z.string()).exactOptional() });
const success = z.object({ session: z.unknown(), setCookie: z.string() });

function readOutcome(kept: unknown): Outcome | undefined {
  const { session: sealed, setCookie } = success.safeParse(kept).data ?? {};
  const session = readSession(sealed);
  if (session !== undefined && setCookie !== undefined) return { session, setCookie };
  return failure.safeParse(kept).data;
}

/**
 * `GET /<slug>/callback`: the provider sends a person back.
 *
 * The state comes first: only for an attempt of this very browser is the code looked at. From then on the attempt is
 * over, whatever the provider answers. Who comes again at once, as after a second click, gets the same outcome.
 */
export function callback(provider: Provider, parts: FinishingSignIn): Handler {
  const once = createOnce(parts.shared, readOutcome);
  function emitted(outcome: Outcome, req: Request, { locals: { line } }: Reply): Outcome {
    const how = 'code' in outcome ? outcome.code : 'completed';
    const whose = 'code' in outcome ? { email: outcome.user } : outcome.session;
    const browser = describeBrowser(req.headers['user-agent']);
    parts.emit({ kind: 'sign_in', provider: provider.slug, outcome: how, whose, browser, line });
    return outcome;
  }

  return async function finishSignIn(req, res) {
    const parameters = queryParameters(req);
    const found = await parts.attempts.find(req.headers.cookie, parameters.one('state') ?? '');
    const attempt = found?.slug === provider.slug ? found : undefined;
    if (attempt?.target !== undefined) res.locals.line.application = new URL(attempt.target).host;
    if (attempt?.secrets === undefined) return answerUnknown(req, res, attempt, parts);

    // The attempt goes on, and so does the provider's code.
    if (parts.mustRefuse()) throw new HttpError('audit_unavailable');

    const { provedWithin, iat: began } = attempt;
    const pending = { state: attempt.state, ...attempt.secrets };
    const url = new URL(`/${provider.slug}/callback${queryOf(req)}`, parts.origin);
    const refusal = providerRefusal(parameters);
    async function finish(): Promise<Outcome> {
      const arrival = await arrivalOf(provider, { url, pending, provedWithin }, parts);
      if ('code' in arrival) return arrival;
      const from = {
        browser: describeBrowser(req.headers['user-agent']),
        address: res.locals.line.client,
      };
      const former = await formerSession(req, arrival, parts);
      const issued = await issueSession({ ...arrival, from }, parts, former);
      if (!(await hasEndedMeanwhile(issued.session, { ...arrival, began }, parts))) return issued;
      await endSid(issued.session, parts);
      const detail = 'signed out everywhere while the sign-in was under way';
      return { code: 'provider_refused', detail, user: arrival.email };
    }
    // Where the store is away the attempt goes on: the provider's code is as good in a moment.
    const outcome = refusal
      ? emitted(refusal, req, res)
      : await once(attempt.state, () => finish().then((ended) => emitted(ended, req, res)));
    res.append('Set-Cookie', await parts.attempts.end(attempt));
    if (outcome === 'used already') return answerUnknown(req, res, attempt, parts);
    if ('code' in outcome) {
      return replyFailure(req, res, { actions: [wayOut(outcome.code, attempt, parts)], ...outcome });
    }
    const { session, setCookie } = outcome;
    res.locals.line.user = session.email;
    res.append('Set-Cookie', setCookie);
    const trip = { destination: destinationOf(attempt), session, began };
    return sendBack(req, res, trip, parts);
  };
}

// A browser has one session with a provider. Who signs in again goes on with theirs; that of somebody else, or of another
// address, ends, or hosts that it was handed over to would know that person still, and no sign-out could reach them.
async function formerSession(
  req: Request,
  { idp, identity, email }: Vouched,
  parts: FinishingSignIn,
): Promise<OpenSession | undefined> {
  const held = await sessionsIn(req.headers.cookie, parts);
  const isTheirs = ({ session }: OpenSession) => session.sub === identity.sub && session.email === email;
  const ofProvider = held.filter(({ session }) => session.idp === idp);
  const others = ofProvider.filter((one) => !isTheirs(one));
  await Promise.all(others.map(({ session }) => endUnasked(session, 'another_sign_in', parts)));
  return ofProvider.find(isTheirs);
}

// At the provider or here; a sign-in that began before shall not be what is left. It is written down by now, so anyone who ends
// it after this finds it.
async function hasEndedMeanwhile(
  session: Session,
  { idp, providerSid, began }: Pick<Arrival, 'idp' | 'providerSid'> & { began: number },
  parts: FinishingSignIn,
): Promise<boolean> {
  if (providerSid !== undefined && (await parts.providerSessions.hasEnded({ idp, providerSid }))) return true;
  return parts.store.isRevoked({ ...session, auth_time: Math.floor(began / 1000) });
}

// Whom the provider vouches for, if they may sign in here.
async function arrivalOf(
  provider: Provider,
  { url, pending, provedWithin }: { url: URL; pending: AttemptSecrets; provedWithin: number | undefined },
  { accounts }: Pick<Opening, 'accounts'>,
): Promise<Vouched | Failure> {
  const answer = await provider.finish(url, pending, provedWithin).catch(failureOf);
  if ('code' in answer) return answer;
  const admission = admitAccount(answer.identity, accounts);
  if (admission.admitted) return { idp: provider.slug, email: admission.email, ...answer };
  const { code, email, flaw } = admission;
  return { code, detail: flaw, user: email, paragraphs: flaw === undefined ? [] : [flaw] };
}

// RFC 6749, section 4.1.2.1: in place of a code there may be an error.
function providerRefusal(parameters: Parameters): Failure | undefined {
  const error = parameters.one('error');
  if (error !== undefined) {
    const detail = /^[a-z_]{1,40}$/.test(error)
      ? `the provider says ${error}`
      : 'the provider says no known error';
    return { code: refusalCodes.get(error) ?? 'provider_failed', detail };
  }
  return parameters.one('code')
    ? undefined
    : { code: 'provider_failed', detail: 'the callback holds no code' };
}

const refusalCodes: ReadonlyMap<string, ErrorCode> = new Map([
  ['access_denied', 'provider_refused'],
  ['server_error', 'provider_unavailable'],
  ['temporarily_unavailable', 'provider_unavailable'],
]);

function failureOf(error: unknown): Failure {
  if (!(error instanceof HttpError)) throw error;
  return { code: error.code, detail: error.detail, user: error.user };
}

// The provider remembers who was refused, and would vouch for the same account again unless it asks.
function wayOut(code: ErrorCode, attempt: Attempt, parts: FinishingSignIn): PageAction {
  const selectAccount = code === 'account_refused' || code === 'email_unverified';
  const label = selectAccount ? 'Sign in as somebody else' : 'Try again';
  const href = startHref(attempt.slug, { destination: destinationOf(attempt), selectAccount }, parts);
  return { label, href, primary: true };
}

function destinationOf({ target, codeRequest, provedWithin }: Attempt): Destination | undefined {
  if (target === undefined) return undefined;
  return {
    target,
    ...(codeRequest !== undefined && { codeRequest }),
    ...(provedWithin !== undefined && { provedWithin }),
  };
}

// A callback that is loaded again, or was meant for another browser. Who is signed in all the same loses nothing.
async function answerUnknown(
  req: Request,
  res: Reply,
  used: Attempt | undefined,
  parts: FinishingSignIn,
): Promise<void> {
  const [opened] = await sessionsIn(req.headers.cookie, parts);
  const destination = used && destinationOf(used);
  if (opened !== undefined) {
    const { session } = opened;
    res.locals.line.user = session.email;
    return sendBack(req, res, { destination, session, began: used?.iat ?? parts.now() }, parts);
  }
  const href = used === undefined ? '/' : startHref(used.slug, { destination }, parts);
  const actions = [{ label: 'Start again', href, primary: true }];
  return replyFailure(req, res, { code: 'attempt_unknown', actions });
}
