import type { Machine, Person, Visitor } from '@latchkey/access';
import { whenThere } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { Incoming } from './incoming.ts';

/** Who sends a request, and what an authenticator holds of them. */
export type Identified<Session> =
  | {
      readonly kind: 'visitor';
      readonly principal: Visitor;
      /** the credential that came is of no use any more, and hides others */
      readonly spent?: true;
      /** a session that stands, of another person than the browser knows */
      readonly arrived?: Session;
      /** a session that does not count on this route or at this moment, and may stand elsewhere: signing out ends it */
      readonly held?: Session;
    }
  | {
      readonly kind: 'person';
      readonly principal: Person;
      readonly session: Session;
      /** the credential that the browser should have instead of the one it sent */
      readonly renewed?: string;
      /** the browser does not know yet who is here */
      readonly isNew?: true;
      /** the `Set-Cookie` value by which the browser remembers that the session is in use here */
      readonly lastUse?: string;
    }
  | { readonly kind: 'machine'; readonly principal: Machine }
  | {
      /** what calls in the name of a person, without a session */
      readonly kind: 'program';
      readonly principal: Person;
      /** what the issuer of its token calls the person */
      readonly subject: string;
    };

/** What authenticators look at. */
export type AuthenticatorInput = {
  readonly request: CanonicalRequest;
  readonly headers: Incoming['headers'];
  /** all of them as they came, a flat list */
  readonly rawHeaders: readonly string[];
  readonly route: Route;
  /** its answer is still being sent: nobody asks how long the application has not been used */
  readonly isUnderWay?: boolean;
};

/**
 * Knows one kind of credential: who has shown it, and whether it stands at this moment. Gives undefined where none of that
 * kind came, and then the next one is asked; one that came and does not count makes a visitor of its sender.
 */
export type Authenticator<Session> = (
  asked: AuthenticatorInput,
) => Identified<Session> | undefined | Promise<Identified<Session> | undefined>;

/** Of whom nothing came, or nothing was looked at. */
export const anonymous: Identified<never> = {
  kind: 'visitor',
  principal: { kind: 'visitor', why: 'no_session' },
};

/** Asks one authenticator after the other. Waits for nothing where none of them has to. */
export function authenticate<Session>(
  asked: AuthenticatorInput,
  authenticators: readonly Authenticator<Session>[],
  at = 0,
): Identified<Session> | Promise<Identified<Session>> {
  const next = authenticators[at];
  if (next === undefined) return anonymous;
  return whenThere(next(asked), (found) => found ?? authenticate(asked, authenticators, at + 1));
}
