import type { Authorized } from '@latchkey/admission';
import type { Request, Response } from 'express';
import type { Admission } from '../admission.ts';
import type { KnownSession } from '../authn/session-state.ts';
import type { SessionCookies } from '../authn/session-cookies.ts';
import { giveRenewed } from '../respond/give-renewed.ts';
import { ownRequestOf } from './own-request.ts';

/** Who asks an endpoint of ours, and whether they may pass its host. Who it is is told, and a renewed session is given. */
export type WhoAsks = (req: Request, res: Response) => Promise<Authorized<KnownSession>>;

/** Makes what endpoints find out with who asks them. */
export function createWhoAsks(parts: {
  readonly authorize: Admission['authorize'];
  readonly cookies: Pick<SessionCookies, 'issue'>;
}): WhoAsks {
  return async function whoAsks({ headers }, res) {
    const { request, route, exchange } = ownRequestOf(res);
    const authorized = await parts.authorize({ request, headers, route });
    exchange.principal = authorized.identified.principal;
    giveRenewed(res, authorized.identified, parts.cookies);
    return authorized;
  };
}
