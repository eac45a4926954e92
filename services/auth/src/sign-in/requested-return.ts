import type { SignedReturnAddress } from '@latchkey/session';
import type { Request } from 'express';
import type { Context } from '../context.ts';
import { replyFailure } from '../web/failure.ts';
import type { Reply } from '../web/locals.ts';
import type { Parameters } from '../web/parameters.ts';
import { verifyReturn } from './return-address.ts';
import type { ReturnAddress, SignedReturn } from './return-address.ts';

/** The parameters of a signed return address, those that are there. */
export function signedParameters(parameters: Parameters): Partial<SignedReturnAddress> {
  const given = {
    redirect_uri: parameters.one('redirect_uri'),
    ts: parameters.one('ts'),
    sig: parameters.one('sig'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Reads the return address that came with a request. */
export function requestedReturn(parameters: Parameters, context: Context): SignedReturn {
  const { keys, returns, now } = context;
  return verifyReturn(signedParameters(parameters), returns, { key: keys.returnAddress, now: now() });
}

/** The address if it may be used to start a sign-in; otherwise answers, and gives undefined. */
export function returnOrRefuse(
  req: Request,
  res: Reply,
  requested: SignedReturn,
  context: Context,
): ReturnAddress | undefined {
  if ('address' in requested && !requested.expired) return requested.address;
  const code = 'return_address_refused';
  if ('address' in requested) {
    // Genuine, and only too old: opening the application again makes a new one.
    const actions = [{ label: `Open ${requested.address.host}`, href: requested.address.url, primary: true }];
    replyFailure(req, res, { code, detail: 'expired', actions });
  } else {
    replyFailure(req, res, {
      code,
      detail: requested.refusal,
      paragraphs: explain(requested.refusal, context),
    });
  }
  return undefined;
}

function explain(refusal: string, { cookies, returns }: Context): string[] {
  if (refusal !== 'beyond the session cookie') return [];
  const reach = returns.cookieDomain ?? returns.ownHost;
  return [
    `The application is outside ${reach}, where the cookie ${cookies.session.name} is valid: it could never see it.`,
  ];
}
