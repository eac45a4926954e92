import { authorizationServerPaths as paths } from '@latchkey/contract';
import { HttpError } from '@latchkey/http';
import { replyPage, userCodePage } from '@latchkey/web-pages';
import type { Request } from 'express';
import type { Handler, Reply } from '../../web/locals.ts';
import { formParameters, queryParameters } from '../../web/parameters.ts';
import { approvalLifeMs } from '../approval.ts';
import { pageFor } from '../authorize.ts';
import type { AskingPeople } from '../authorize.ts';
import { personOrSignIn } from '../person.ts';
import type { DeviceRequests } from './requests.ts';
import { readUserCode, userCodeText } from './user-code.ts';

type AskingForCodes = AskingPeople & { readonly devices: DeviceRequests };

/** `GET /device` (RFC 8628, section 3.3): where a person types the code that a program shows, or comes with it. */
export function showDevice(parts: AskingForCodes): Handler {
  return (req, res) => answer(req, res, queryParameters(req).one('user_code'), parts);
}

/** `POST /device`: a person has typed a code. */
export function enterCode(parts: AskingForCodes): Handler {
  return (req, res) => answer(req, res, formParameters(req.body).one('user_code') ?? '', parts);
}

async function answer(
  req: Request,
  res: Reply,
  typed: string | undefined,
  parts: AskingForCodes,
): Promise<void> {
  const userCode = typed === undefined ? undefined : readUserCode(typed);
  const query = userCode === undefined ? '' : `?user_code=${userCodeText(userCode)}`;
  const opened = await personOrSignIn(req, res, paths.device + query, parts);
  if (opened === undefined) return undefined;
  const { session } = opened;
  const requestId = res.locals.line.id;
  const askAgain = (isUnknown: boolean) =>
    replyPage(res, 200, userCodePage({ action: paths.device, isUnknown, email: session.email, requestId }));
  if (typed === undefined) return askAgain(false);
  if (await parts.devices.areTooMany(session)) throw new HttpError('too_many_requests');
  const request = userCode === undefined ? undefined : await parts.devices.get(userCode);
  if (userCode === undefined || request === undefined || request.verdict !== 'none') return askAgain(true);
  const { id, client, resource, scopes, address } = request;
  res.locals.line.application = new URL(resource).host;
  const until = parts.now() + approvalLifeMs;
  const known = await parts.programs.clients.of(client, session.email);
  const about = { client: known, session, requestId, code: userCodeText(userCode), address };
  const approval = {
    kind: 'device',
    sid: session.sid,
    until,
    client,
    resource,
    scopes,
    id,
    userCode,
  } as const;
  return replyPage(res, 200, await pageFor({ originalUrl: paths.device + query }, approval, about, parts));
}
