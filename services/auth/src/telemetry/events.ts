import type { ErrorCode } from '@latchkey/contract';
import type { RosterOutcome } from '../directory/roster.ts';
import type { Delegation } from '@latchkey/session';
import type { RequestLine } from '@latchkey/telemetry';
import type { Locals } from '../web/locals.ts';
import type { Action } from '../web/routing.ts';

/** Whose a session is, as far as that is known; without a name, all of an account. */
export type Whose = {
  readonly sub?: string | undefined;
  readonly email?: string | undefined;
  readonly idp?: string | undefined;
  readonly sid?: string | undefined;
};

/**
 * What happens at auth that is written down or counted. Each moment is emitted once; log lines, StatsD and Prometheus listen
 * to the same. Durations are milliseconds.
 */
export type AuthEvent =
  /** a request is over; its line is complete */
  | { readonly kind: 'request'; readonly locals: Locals; readonly action: Action; readonly ms: number }
  /** an operator was answered about sessions */
  | ({ readonly kind: 'operator' } & OperatorAction)
  /** a person came back from a provider, and may use what they came for, or was shown an error */
  | {
      readonly kind: 'sign_in';
      readonly provider: string;
      readonly outcome: SignInOutcome;
      readonly line: RequestLine;
      readonly whose: Whose;
      readonly browser: string | undefined;
    }
  /** a code was redeemed for a session of one host, or was refused */
  | {
      readonly kind: 'handed_over';
      readonly outcome: 'done' | ErrorCode;
      readonly line: RequestLine;
      readonly whose?: Whose;
      readonly host?: string;
    }
  /** a program got tokens for what it has shown, or was refused */
  | {
      readonly kind: 'tokens';
      readonly grant: GrantKind;
      readonly client: string;
      readonly outcome: 'done' | ErrorCode;
      readonly delegation: Delegation | undefined;
      readonly line: RequestLine;
    }
  /** all that a program was given on one approval has ended */
  | {
      readonly kind: 'tokens_ended';
      /** `given_back` by the program; `reused`: a refresh token that was replaced came back; `person`: by its person */
      readonly why: 'given_back' | 'reused' | 'person';
      readonly delegation: Pick<Delegation, 'client' | 'resource' | 'scopes'> & { readonly session: Whose };
      readonly line: RequestLine;
    }
  /** a browser was signed out of what it was signed in to, or one of a person's sessions was ended by them */
  | { readonly kind: 'sign_out'; readonly line: RequestLine; readonly ended: readonly Whose[] }
  /** a session was ended by us */
  | {
      readonly kind: 'session_ended';
      readonly whose: Whose;
      readonly why: WhyEnded;
    }
  /** a provider said that a session there, or all of an account, has ended; or somebody said so who is not believed */
  | {
      readonly kind: 'provider_sign_out';
      readonly provider: string;
      readonly outcome: ProviderSignOutOutcome;
      /** the request that said so, how many sessions ended, and whose they were, where that is known */
      readonly line: RequestLine;
      readonly sessions: number;
    }
  /** a provider was asked something, in one call or several */
  | {
      readonly kind: 'question';
      readonly asked: ProviderQuestion;
      readonly outcome: QuestionOutcome;
      readonly ms: number;
    }
  /** one HTTP call to a provider; without a status there was no answer */
  | {
      readonly kind: 'call';
      readonly asked: ProviderQuestion;
      readonly status?: number;
      readonly failure?: 'http_client_error' | 'invalid_body';
      readonly ms: number;
    }
  /** a directory's memory was asked about a person and a group; a hit needs no waiting */
  | { readonly kind: 'group_lookup'; readonly provider: string; readonly isHit: boolean }
  /** a directory gave no usable answer about a group */
  | { readonly kind: 'group_unanswered'; readonly provider: string; readonly group: string }
  /** a directory was asked who is in a group */
  | { readonly kind: 'roster'; readonly provider: string; readonly outcome: RosterOutcome }
  /** a directory is left alone for a while */
  | { readonly kind: 'backoff'; readonly provider: string; readonly ms: number }
  /** the store that the tasks share went away, or is there */
  | { readonly kind: 'store'; readonly isAway: boolean }
  /** so many spans could not be delivered, and nobody will see them */
  | { readonly kind: 'spans_lost'; readonly spans: number }
  /** a session that was being refreshed already and was not refreshed twice */
  | { readonly kind: 'refresh_shared' };

/** What a program shows for its tokens. */
export type GrantKind = 'authorization_code' | 'device_code' | 'refresh_token';

/** What an operator wanted, and what came of it. */
export type OperatorAction = {
  readonly line: RequestLine;
  readonly action: 'list' | 'revoke';
  /** an e-mail address, a `sid` or all; none of them: those who signed in last */
  readonly wish: { readonly email?: string; readonly sid?: string; readonly all?: true };
  /** who they say they are; the secret proves that they are an operator, and not which */
  readonly claim: string | undefined;
  readonly outcome: Readonly<Record<string, number | boolean | ErrorCode>>;
};

/**
 * Why we end a session: its provider vouches for it no more, or for somebody else; somebody else signed in in its browser; or only
 * a new sign-in can tell the groups of its person.
 */
export type WhyEnded = 'provider_refused' | 'person_changed' | 'another_sign_in' | 'groups_unknown';

/** How a sign-in ended: it is done, or our error. */
export type SignInOutcome = 'completed' | ErrorCode;

/** What came of it: sessions ended, or there were none of it here, or our error. */
export type ProviderSignOutOutcome = 'ended' | 'unknown' | ErrorCode;

/** What is asked of which provider. */
export type ProviderQuestion = {
  /** its slug */
  readonly provider: string;
  readonly action: 'check_memberships_resource' | 'confirm' | 'discovery' | 'redeem' | 'refresh' | 'revoke';
};

/** How a question ended: answered, answered with no, or one of our errors. */
export type QuestionOutcome =
  'answered' | 'refused' | 'provider_failed' | 'provider_timeout' | 'provider_unavailable';
