import type { Decision } from '@latchkey/access';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route, Target } from '@latchkey/upstreams';
import type { Identified } from './authenticate.ts';

type Unread = { readonly request?: undefined; readonly route?: undefined } & Undecided;
type Read = { readonly request: CanonicalRequest; readonly route?: undefined } & Undecided;
/** A request whose route is known, and nothing else. */
export type Routed = { readonly request: CanonicalRequest; readonly route: Route };
type Undecided = { readonly identified?: undefined; readonly decision?: undefined };
/** Who asks, and whether they may pass. */
export type Authorized<Session> = {
  readonly identified: Identified<Session>;
  readonly decision: Decision;
};
/** A request that was decided about. */
export type Decided<Session> = Routed & Authorized<Session>;

/** A decision against a request, and how its sender learns of it. */
export type Refusal<Session> = Decided<Session> &
  (
    | { /** a person moves from page to page */ readonly kind: 'sign_in' }
    | {
        /** likewise, to an address that no sign-in leads back to */ readonly kind: 'sign_in_aside';
        readonly error: 'not_signed_in';
        readonly detail: string;
      }
    | { readonly kind: 'challenge'; readonly error: 'not_signed_in' | 'invalid_token' }
    | { readonly kind: 'person_changed'; readonly error: 'person_changed'; readonly arrived: Session }
    | {
        readonly kind: 'deny';
        /** `not_found`: nobody learns that there is anything */
        readonly error: 'access_denied' | 'insufficient_scope' | 'request_denied' | 'not_found';
      }
    | { /** it is about us */ readonly kind: 'unavailable'; readonly error: 'session_unverified' }
  );

/** A request that goes to the application. */
export type Forward<Session> = Decided<Session> & {
  readonly kind: 'forward';
  readonly target: Target;
  /** path and query as the application sees them */
  readonly path: string;
  /** it carries credentials for the connection that it goes on */
  readonly authenticatesConnection: boolean;
};

/** A page for a person, of what they may open. */
export type ShowLauncher<Session> = Routed & {
  readonly kind: 'launcher';
  readonly identified: Extract<Identified<Session>, { kind: 'person' }>;
  readonly decision: Decision;
};

/** What becomes of a request. `detail` is for logs and for `explain`. */
export type Outcome<Session> =
  | (Unread & { readonly kind: 'health_check' })
  | (Unread & { readonly kind: 'malformed'; readonly error: 'bad_request'; readonly detail: string })
  | (Read & { readonly kind: 'unknown_host'; readonly error: 'unknown_host'; readonly detail?: undefined })
  | (Routed &
      Undecided &
      (
        | { readonly kind: 'unknown_host'; readonly error: 'unknown_host'; readonly detail: string }
        | { /** to HTTPS */ readonly kind: 'redirect'; readonly location: string }
        | { readonly kind: 'own_endpoint' }
        | {
            /** of an origin that the route names, which may use these */
            readonly kind: 'preflight';
            readonly methods: readonly string[];
            readonly headers: readonly string[];
          }
        | { readonly kind: 'retired_worker' }
      ))
  | Refusal<Session>
  | (Decided<Session> &
      (
        | { readonly kind: 'malformed'; readonly error: 'bad_request'; readonly detail: string }
        | { readonly kind: 'unavailable'; readonly error: 'upstream_unreachable'; readonly detail: string }
        | {
            /** what is there is not HTTP */ readonly kind: 'not_a_web_page';
            readonly error: 'not_a_web_page';
          }
        | { readonly kind: 'deny'; readonly error: 'cross_site_request' | 'connection_credentials' }
      ))
  | ShowLauncher<Session>
  | Forward<Session>;

/** What is settled of a request while somebody has to be asked about it, and what will become of it. */
export type Pending<Session> = Routed &
  Undecided & { readonly kind: 'pending'; readonly outcome: Promise<Outcome<Session>> };
