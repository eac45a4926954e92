import type { DeviceTrust } from '@latchkey/access';
import type { Authorized } from '@latchkey/admission';
import type { Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import type { Admission } from '../admission.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { SessionCookies } from '../authn/session-cookies.ts';
import { giveRenewed } from '../respond/give-renewed.ts';
import { ownRequestOf } from './own-request.ts';

/**
 * Authenticates the caller of an endpoint of ours, and authorizes them for its host. The record gets the principal, and the
 * browser a renewed session.
 */
export type AuthorizeCaller = (req: Request, res: Response) => Promise<Authorized<KnownSession>>;

/** Makes the check that endpoints of ours do of their callers. */
export function createAuthorizeCaller(parts: {
  readonly authorize: Admission['authorize'];
  readonly cookies: Pick<SessionCookies, 'issue'>;
  readonly deviceTrustOf: (req: IncomingMessage) => DeviceTrust;
}): AuthorizeCaller {
  return async function authorizeCaller(req, res) {
    const { headers, rawHeaders } = req;
    const { request, route, exchange } = ownRequestOf(res);
    const authorized = await parts.authorize({
      request,
      headers,
      rawHeaders,
      route,
      deviceTrust: parts.deviceTrustOf(req),
    });
    exchange.principal = authorized.identified.principal;
    giveRenewed(res, authorized.identified, parts.cookies);
    return authorized;
  };
}
