import { HttpError } from '@latchkey/http';
import type { ErrorCode } from '@latchkey/http';
import type { Request } from 'express';
import type { Context } from '../context.ts';
import type { Provider } from '../providers/provider.ts';
import { issueSession } from '../session/issue.ts';
import { sessionsIn } from '../session/open.ts';
import { replyFailure } from '../web/failure.ts';
import type { Failure } from '../web/failure.ts';
import type { Handler, Reply } from '../web/locals.ts';
import { queryOf, queryParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';
import { admitAccount } from './account.ts';
import { endAttempt, findAttempt } from './attempt-cookies.ts';
import type { Attempt } from './attempt.ts';
import { startHref } from './links.ts';
import { sendBack } from './send-back.ts';

/**
 * `GET /<slug>/callback`: the provider sends a person back.
 *
 * The state comes first: only for an attempt of this very browser is the code looked at. From then on the attempt is
 * over, whatever the provider answers.
 */
export function callback(provider: Provider, context: Context): Handler {
  return async function finishSignIn(req, res) {
    const parameters = queryParameters(req);
    const attempt = await findAttempt(req, parameters.one('state') ?? '', context);
    if (attempt === undefined || attempt.slug !== provider.slug)
      return answerUnknown(req, res, undefined, context);
    if (attempt.secrets === undefined) return answerUnknown(req, res, attempt, context);

    await endAttempt(res, attempt, context);
    const failure = await settle(
      req,
      res,
      parameters,
      { provider, attempt, secrets: attempt.secrets },
      context,
    );
    if (failure === undefined)
      return sendBack(req, res, { target: attempt.target, began: attempt.iat }, context);
    const again = {
      label: 'Try again',
      href: startHref(attempt.slug, { target: attempt.target }, context),
      primary: true,
    };
    return replyFailure(req, res, { actions: [again], ...failure });
  };
}

type OpenAttempt = { provider: Provider; attempt: Attempt; secrets: NonNullable<Attempt['secrets']> };

// Signs the person in, or gives the reason why not.
async function settle(
  req: Request,
  res: Reply,
  parameters: Parameters,
  { provider, attempt, secrets }: OpenAttempt,
  context: Context,
): Promise<Failure | undefined> {
  const refusal = providerRefusal(parameters);
  if (refusal !== undefined) return refusal;

  const url = new URL(`/${provider.slug}/callback${queryOf(req)}`, context.origin);
  const answer = await provider.finish(url, { state: attempt.state, ...secrets }).catch(failureOf);
  if ('code' in answer)
    return answer.code === 'account_refused' ? refuseAccount(answer, attempt, context) : answer;

  const { identity, tokens } = answer;
  const admission = admitAccount(identity, context.accounts);
  if ('code' in admission) return refuseAccount(admission, attempt, context);

  const { email } = admission;
  res.locals.line.user = email;
  res.append('Set-Cookie', await issueSession({ idp: provider.slug, identity, email, tokens }, context));
  return undefined;
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
  return { code: error.code, detail: error.detail };
}

function refuseAccount(
  { code, email, detail }: { code: ErrorCode; email?: string; detail?: string | undefined },
  attempt: Attempt,
  context: Context,
): Failure {
  const href = startHref(attempt.slug, { target: attempt.target, selectAccount: true }, context);
  return {
    code,
    detail,
    ...(email !== undefined && { facts: [['Account', email]] }),
    actions: [{ label: 'Sign in as somebody else', href, primary: true }],
  };
}

// A callback that is loaded again, or was meant for another browser. Who is signed in all the same loses nothing.
async function answerUnknown(
  req: Request,
  res: Reply,
  used: Attempt | undefined,
  context: Context,
): Promise<void> {
  const [session] = await sessionsIn(req.headers.cookie, context);
  if (session !== undefined) {
    res.locals.line.user = session.email;
    return sendBack(req, res, { target: used?.target, began: used?.iat ?? context.now() }, context);
  }
  const actions = used && [
    { label: 'Start again', href: startHref(used.slug, { target: used.target }, context), primary: true },
  ];
  return replyFailure(req, res, { code: 'attempt_unknown', ...(actions && { actions }) });
}
