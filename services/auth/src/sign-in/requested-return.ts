import { numberIn, provedWithinParameter } from '@latchkey/contract';
import { providersOf } from '@latchkey/session';
import type { CodeRequest, SignedReturnAddress } from '@latchkey/session';
import { confirmSignInPage, replyPage } from '@latchkey/web-pages';
import type { Request } from 'express';
import { beganThere } from '../service-endpoints/code-request.ts';
import { requestedCode } from '../service-endpoints/code-request.ts';
import { replyFailure } from '../web/failure.ts';
import type { Reply } from '../web/locals.ts';
import type { Parameters } from '../web/parameters.ts';
import type { Destination, Linking } from './destination.ts';
import { verifyReturn } from './return-address.ts';
import type { ReturnRules, SignedReturn } from './return-address.ts';

/** What reading a return address takes. */
export type ReadingReturns = Linking & { readonly returns: ReturnRules };

/** The parameters of a signed return address, those that are there. */
export function signedParameters(parameters: Parameters): Partial<SignedReturnAddress> {
  const given = {
    redirect_uri: parameters.one('redirect_uri'),
    ts: parameters.one('ts'),
    providers: parameters.one('providers'),
    sig: parameters.one('sig'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Reads the return address that came with a request, signed together with the code that it asks for, if it does. */
export function requestedReturn(
  parameters: Parameters,
  parts: ReadingReturns,
  codeRequest?: CodeRequest,
): SignedReturn {
  const { keys, returns, now } = parts;
  return verifyReturn(signedParameters(parameters), returns, {
    keys: keys.returnAddress,
    now: now(),
    codeRequest,
  });
}

/** Where a request asks to lead, if that may be used to start a sign-in; otherwise answers, and gives undefined. */
export function destinationOrRefuse(
  req: Request,
  res: Reply,
  parameters: Parameters,
  parts: ReadingReturns,
): Destination | undefined {
  const code = 'return_address_refused';
  const codeRequest = requestedCode(parameters);
  if (codeRequest === 'malformed') {
    replyFailure(req, res, { code, detail: 'response_type without state and code_challenge' });
    return undefined;
  }
  const requested = requestedReturn(parameters, parts, codeRequest);
  if ('address' in requested) res.locals.line.application = requested.address.host;
  if ('refusal' in requested) {
    replyFailure(req, res, { code, detail: requested.refusal });
  } else if (requested.expired) {
    // Genuine, and only too old: opening the application again makes a new one.
    const { host, url } = requested.address;
    const actions = [{ label: `Open ${host}`, href: url, primary: true }];
    replyFailure(req, res, { code, detail: 'expired', actions });
  } else if (codeRequest !== undefined && !beganThere(req.headers, requested.address.url)) {
    const { host: application } = requested.address;
    const requestId = res.locals.line.id;
    replyPage(res, 200, confirmSignInPage({ application, href: req.originalUrl, requestId }));
  } else {
    const reason = parameters.one('reason');
    const providers = providersOf(signedParameters(parameters));
    const provedWithin = numberIn(parameters.one(provedWithinParameter));
    return {
      target: requested.address.url,
      ...(providers.length > 0 && { providers }),
      ...(codeRequest !== undefined && { codeRequest }),
      ...(provedWithin !== undefined && { provedWithin }),
      ...(reason !== undefined && { reason }),
    };
  }
  return undefined;
}
