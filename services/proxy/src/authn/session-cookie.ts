import type { AuthenticatorInput, Authenticator, Identified } from '@latchkey/admission';
import type { VisitorReason } from '@latchkey/access';
import { authorityOf, whenThere } from '@latchkey/http';
import { openedValues } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { SessionFreshness } from './freshness.ts';
import type { Needs, Standing } from './session-check.ts';
import type { KnownSession } from './session-state.ts';
import type { Credential, CredentialReader } from './credential.ts';
import type { PersonCookie } from './person-cookie.ts';

type Found = Identified<KnownSession> | undefined;
type Held = Exclude<Credential, { readonly nobody: VisitorReason }>;

// As many as the reader of cookies looks at, under both names.
const triedSessions = 2 * openedValues;

/** Knows people by their session cookie: opens it, and has auth vouch for the session where its last word is too old. */
export function createSessionCookieAuthenticator(parts: {
  readCredential: CredentialReader['read'];
  check: (known: KnownSession, needs: Needs) => Standing | Promise<Standing>;
  personCookie: Pick<PersonCookie, 'compare'>;
  freshness: (session: Session, asked: AuthenticatorInput) => SessionFreshness;
}): Authenticator<KnownSession> {
  return (asked) => identify(asked, triedSessions);

  function identify(asked: AuthenticatorInput, tries: number): Found | Promise<Found> {
    if (tries === 0) return visitor('session_ended');
    const { request, headers, route } = asked;
    const place = { host: request.host, authority: authorityOf(request) };
    return whenThere(
      parts.readCredential(headers.cookie, place, route),
      (credential): Found | Promise<Found> => {
        if ('nobody' in credential) return withoutSession(credential);
        const { known } = credential;
        return whenThere(parts.check(known, needsOf(route)), (standing): Found | Promise<Found> => {
          if (standing === 'unverified') return holderOf(known, 'session_unverified');
          if (standing === 'stands') return arrive(credential, asked);
          // It has ended, and is read no more: there may be another behind it.
          return identify(asked, tries - 1);
        });
      },
    );
  }

  // A session of one host cannot be planted. Of several people's, that of the one whom the browser knows raises no question.
  function arrive({ known, sent, rivals }: Held, asked: AuthenticatorInput): Found {
    const isHandedOver = known.session.host_only === true;
    const before = isHandedOver ? 'same' : parts.personCookie.compare(asked.headers.cookie, known.session);
    if (before === 'another' || (before === 'unknown' && rivals === true)) {
      return { ...visitor('session_other_person'), arrived: known };
    }
    const fresh = parts.freshness(known.session, asked);
    if ('stale' in fresh) return holderOf(known, fresh.stale);
    return {
      kind: 'person',
      principal: known.state.person,
      session: known,
      ...(known.cookie !== sent && { renewed: known.cookie }),
      ...(before === 'unknown' && { isNew: true }),
      ...(fresh.lastUse !== undefined && { lastUse: fresh.lastUse }),
    };
  }
}

function withoutSession({ nobody: why, spent }: Exclude<Credential, Held>): Found {
  if (why === 'no_session') return undefined;
  return { ...visitor(why), ...(spent === true && { spent }) };
}

// A launcher shows what all the others say.
function needsOf({ kind, passAccessToken: accessToken, policy: { neededGroups: groups } }: Route): Needs {
  return kind === 'launcher' ? { accessToken } : { accessToken, groups };
}

// Whose session it is is known, and it does not count here and now.
function holderOf(held: KnownSession, why: VisitorReason): Found {
  return { kind: 'visitor', principal: { kind: 'visitor', why, email: held.session.email }, held };
}

function visitor(why: VisitorReason): Extract<Identified<never>, { kind: 'visitor' }> {
  return { kind: 'visitor', principal: { kind: 'visitor', why } };
}
