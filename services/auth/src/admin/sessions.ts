import { flawOfAddress } from '@latchkey/access';
import { revocationRequest } from '@latchkey/contract';
import type { AdminSession, AdminSessionList, RevocationAnswer, RevocationRequest } from '@latchkey/contract';
import { HttpError } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { Request } from 'express';
import { endSid } from '../lifecycle/end.ts';
import { endPerson } from '../lifecycle/end-person.ts';
import type { EndingPeople } from '../lifecycle/end-person.ts';
import { livingOf } from '../lifecycle/living.ts';
import type { RecordPage, SessionRecord, SessionRecords } from '../session/records.ts';
import type { SessionStore } from '../lifecycle/store.ts';
import type { OpenStore } from '../store/open.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import type { Handler } from '../web/locals.ts';
import { queryParameters } from '../web/parameters.ts';
import { audited } from './audited.ts';
import type { Done } from './audited.ts';

/** What operators need to see and end sessions. */
export type Operating = EndingPeople & {
  readonly store: Pick<SessionStore, 'isRevoked' | 'revokeAll'>;
  readonly records: Pick<SessionRecords, 'get' | 'newest'>;
  readonly shared: OpenStore;
  readonly emit: Emit<AuthEvent>;
};

/** `GET /admin/sessions`: the sessions of an e-mail address, or of those who signed in last. */
export function listSessions(parts: Operating): Handler {
  async function list(wish: Listing): Promise<Done> {
    const { records, next }: RecordPage =
      'email' in wish
        ? { records: await parts.records.ofEmail(wish.email) }
        : await parts.records.newest(wish.after);
    const living = await livingOf(records, parts);
    const sessions = living.toSorted((one, other) => other.auth_time - one.auth_time).map(shown);
    const answer: AdminSessionList = {
      sessions,
      ...(next !== undefined && { next }),
      shared: isShared(parts),
    };
    return { outcome: { sessions: sessions.length }, answer };
  }

  return audited('list', readListing, list, parts);
}

/** `POST /admin/sessions/revoke`: ends the sessions of an e-mail address, one session, or all. */
export function revokeSessions(parts: Operating): Handler {
  const answered = (known: number | undefined, published: boolean): Done => {
    const answer: RevocationAnswer = {
      ...(known !== undefined && { known }),
      shared: isShared(parts),
      published,
    };
    return { outcome: { ...(known !== undefined && { sessions: known }), published }, answer };
  };

  async function revoke(wish: RevocationRequest): Promise<Done> {
    if ('all' in wish) {
      return answered(undefined, await parts.store.revokeAll(parts.now() + parts.sessionLifetimeMs));
    }
    if ('email' in wish) {
      const { sessions, isPublished, givenBack } = await endPerson({ email: wish.email }, parts);
      await givenBack;
      return answered(sessions.filter(({ stands }) => stands).length, isPublished);
    }
    const record = await parts.records.get(wish.sid);
    const [living] = record === undefined ? [] : await livingOf([record], parts);
    if (living === undefined) throw new HttpError('session_unknown');
    return answered(1, await endSid(living, parts));
  }

  return audited('revoke', readRevocation, revoke, parts);
}

type Listing = { readonly email: string } | { readonly after?: string | undefined };

function readListing(req: Request): Listing {
  const parameters = queryParameters(req);
  const email = parameters.one('email');
  return email === undefined ? { after: parameters.one('after') } : { email: canonicalEmail(email) };
}

function readRevocation(req: Request): RevocationRequest {
  const wish = revocationRequest.safeParse(req.body).data;
  if (wish === undefined) throw new HttpError('bad_request', { detail: 'not {email}, {sid} or {all: true}' });
  return 'email' in wish ? { email: canonicalEmail(wish.email) } : wish;
}

// As sessions have it. A `+` belongs to the address; in a query it has to be written %2B.
function canonicalEmail(given: string): string {
  const flaw = flawOfAddress(given);
  if (flaw !== undefined)
    throw new HttpError('bad_request', { detail: 'no e-mail address that could sign in' });
  return given.toLowerCase();
}

function shown({ sid, email, idp, auth_time, seenAt, exp, from }: SessionRecord): AdminSession {
  const { browser, address } = from;
  return {
    sid,
    email,
    provider: idp,
    signed_in_at: new Date(auth_time * 1000).toISOString(),
    last_seen_at: new Date(seenAt).toISOString(),
    expires_at: new Date(exp * 1000).toISOString(),
    ...(browser !== undefined && { browser }),
    ...(address !== undefined && { address }),
  };
}

function isShared({ shared }: Operating): boolean {
  return shared.store.log !== undefined;
}
