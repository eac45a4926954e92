import { authorizationServerPaths as paths } from '@latchkey/contract';
import { HttpError, replyRedirect } from '@latchkey/http';
import type { Session } from '@latchkey/session';
import { approvalPage, replyPage } from '@latchkey/web-pages';
import type { Request } from 'express';
import type { ReturnRules } from '../sign-in/return-address.ts';
import { startHref } from '../sign-in/links.ts';
import type { Handler } from '../web/locals.ts';
import { queryParameters } from '../web/parameters.ts';
import type { Parameters } from '../web/parameters.ts';
import { approvalLifeMs, sealApproval } from './approval.ts';
import type { Approval } from './approval.ts';
import { readRequestedAccess } from './requested-access.ts';
import type { Client } from './client.ts';
import { isLoopbackUri } from './redirect-uri.ts';
import { personOrSignIn } from './person.ts';
import type { Meeting } from './person.ts';
import type { Programs } from './programs.ts';

/** What asking a person takes. */
export type AskingPeople = Meeting & { readonly programs: Programs; readonly returns: ReturnRules };

type Redirect = Extract<Approval, { kind: 'redirect' }>;

const sha256InBase64url = /^[A-Za-z0-9_-]{43}$/;
const longestState = 512;

/**
 * `GET /oauth2/authorize` (RFC 6749, section 4.1.1, with RFC 7636 and RFC 8252): a program, mostly on this computer, has opened the browser.
 * The person is asked every time: any program may pretend to be the one that they have let in before (RFC 8252, section 8.6).
 */
export function authorize(parts: AskingPeople): Handler {
  return async function askPerson(req, res) {
    const parameters = queryParameters(req);
    const { clients } = parts.programs;
    const id = await clients.idOf(parameters.one('client_id'));
    // First of all (RFC 9700, section 4.11.2): what a program says of itself may be somewhere else, and asked for there.
    const opened = await personOrSignIn(req, res, req.originalUrl, parts);
    if (opened === undefined) return undefined;
    const { session } = opened;
    const client = await clients.of(id, session.email);
    const redirectUri = parameters.one('redirect_uri') ?? '';
    // RFC 6749, section 4.1.2.1: to an address that is not known to be the program's, nobody is sent.
    if (!client.redirectsTo(redirectUri)) {
      throw new HttpError('invalid_request', { detail: 'redirect_uri is not one of the client' });
    }
    const asked = readRequest(parameters, parts.returns);
    if ('error' in asked) {
      // RFC 9700, section 4.11.2: a stranger may have registered the address, and be looking for somebody who leads people there.
      if (!isLoopbackUri(redirectUri)) throw new HttpError('invalid_request', { detail: asked.error });
      const state = parameters.one('state');
      return replyRedirect(res, answerAddress({ redirectUri, state }, asked, parts.origin));
    }
    res.locals.line.application = new URL(asked.resource).host;
    const approval: Redirect = {
      kind: 'redirect',
      sid: session.sid,
      until: parts.now() + approvalLifeMs,
      client: id,
      redirectUri,
      ...asked,
    };
    return replyPage(
      res,
      200,
      await pageFor(req, approval, { client, session, requestId: res.locals.line.id }, parts),
    );
  };
}

/** The page that asks a person whether a program may act for them. */
export async function pageFor(
  { originalUrl }: Pick<Request, 'originalUrl'>,
  approval: Approval,
  about: { client: Client; session: Session; requestId: string; code?: string; address?: string | undefined },
  parts: AskingPeople,
): Promise<ReturnType<typeof approvalPage>> {
  const { client, session, ...shown } = about;
  const destination = { target: parts.origin + originalUrl };
  return approvalPage({
    ...shown,
    ...(approval.kind === 'redirect' &&
      !isLoopbackUri(approval.redirectUri) && { returnsTo: new URL(approval.redirectUri).host }),
    program: client.name,
    callsItself: client.callsItself,
    application: new URL(approval.resource).host,
    scopes: approval.scopes,
    email: session.email,
    action: paths.approve,
    approval: await sealApproval(approval, parts.programs.keys.approval),
    somebodyElseHref: startHref(session.idp, { destination, selectAccount: true }, parts),
  });
}

/** Where a browser goes to bring a program its answer (RFC 6749, section 4.1.2; RFC 9207). */
export function answerAddress(
  { redirectUri, state }: Pick<Redirect, 'redirectUri'> & { state?: string | undefined },
  answer: { readonly code: string } | { readonly error: string },
  issuer: string,
): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({
    ...answer,
    ...(state !== undefined && { state }),
    iss: issuer,
  })) {
    url.searchParams.set(name, value);
  }
  return url.href;
}

function readRequest(
  parameters: Parameters,
  returns: ReturnRules,
): Pick<Redirect, 'resource' | 'scopes' | 'codeChallenge' | 'state'> | { readonly error: string } {
  const state = parameters.one('state');
  const codeChallenge = parameters.one('code_challenge') ?? '';
  if (parameters.one('response_type') !== 'code') return { error: 'unsupported_response_type' };
  const isS256 = parameters.one('code_challenge_method') === 'S256' && sha256InBase64url.test(codeChallenge);
  if (!isS256 || (state?.length ?? 0) > longestState) return { error: 'invalid_request' };
  try {
    return {
      ...readRequestedAccess(parameters, returns),
      codeChallenge,
      ...(state !== undefined && { state }),
    };
  } catch (error) {
    if (error instanceof HttpError && (error.code === 'invalid_target' || error.code === 'invalid_scope')) {
      return { error: error.code };
    }
    throw error;
  }
}
