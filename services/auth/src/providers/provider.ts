import type { HttpError } from '@latchkey/http';
import type { AttemptSecrets } from '@latchkey/session';
import type { Directory } from '../directory/directory.ts';
import type { LogoutNotice } from './logout-token.ts';

/** What a provider says about a person. Only `emailVerified: true` makes `email` mean anything. */
export type ProviderIdentity = {
  /** stable, unique within the provider */
  readonly sub: string;
  /** as the provider wrote it */
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name?: string;
  /** absent where the provider says nothing about groups */
  readonly groups?: readonly string[];
};

/** What the provider gave us to ask again later. */
export type Tokens = {
  readonly refreshToken?: string;
  /** for applications that act at the provider in the person's name (`pass_access_token`) */
  readonly accessToken?: string;
  /** to show where the person signs out at the provider; only kept where they may do that */
  readonly idToken?: string;
  /** how long its access token lives: until then there is nothing new to ask */
  readonly accessTokenSeconds?: number;
};

/** What came of asking again. */
export type Renewal = {
  readonly tokens: Tokens;
  /** absent where the provider only says yes */
  readonly identity?: ProviderIdentity;
  /** why it gave tokens, and then no usable word about the person; the refresh token may be replaced by now all the same */
  readonly trouble?: HttpError;
};

/** What a provider says about somebody who is still welcome. */
export type Word = {
  /** absent where it says nothing about groups */
  readonly groups?: readonly string[];
};

/** How a sign-in is to begin. */
export type BeginOptions = {
  /** let the person choose among accounts, even where the provider knows one */
  readonly selectAccount: boolean;
  /** have the person prove who they are, and say when they did: within so many seconds */
  readonly provedWithin?: number | undefined;
  /** whom to expect (`login_hint`): the provider need not ask which account it is, and may get another one all the same */
  readonly loginHint?: string | undefined;
};

/** Who has signed in. */
export type SignedIn = {
  readonly identity: ProviderIdentity;
  readonly tokens: Tokens;
  /** when they proved who they are, seconds since the epoch; absent where the provider does not say */
  readonly provedAt?: number;
  /** how they did (`amr` of the ID token); absent where the provider does not say */
  readonly amr?: readonly string[];
  /** how it calls their session there (`sid` of OpenID Connect Front- and Back-Channel Logout); absent where it does not say */
  readonly providerSid?: string;
};

/** Who signs out at the provider, too. */
export type SignOutThere = {
  /** the newest ID token about them, where there is one */
  readonly idToken?: string | undefined;
  readonly email: string;
  /** which the provider sends back with the browser */
  readonly state: string;
};

/**
 * Somebody who vouches for people. Every question to it ends after a while and reads a bounded answer.
 *
 * Whatever goes wrong is an `HttpError` with the code `provider_failed`, `provider_unavailable` or
 * `provider_timeout`, and a detail that is safe to log.
 */
export type Provider = {
  /** the first path segment of its addresses here */
  readonly slug: string;
  /** as its button calls it */
  readonly name: string;
  /** how long what it says of groups counts without another question, milliseconds */
  readonly groupsMs: number;
  /** who knows the groups of its people, where the provider itself does not tell them */
  readonly directory?: Directory;
  /**
   * Prepares a sign-in.
   *
   * @returns where to send the browser, and what to remember until it comes back
   */
  begin(options: BeginOptions): Promise<{ url: URL; pending: AttemptSecrets }>;
  /**
   * Ends a sign-in. The caller has checked the state already.
   *
   * @param callback the full URL at which the browser came back
   * @param provedWithin as it began: the provider has to say that it did as it was asked to
   * @throws HttpError also `account_refused`, for an account outside the configured hosted domain
   */
  finish(callback: URL, pending: AttemptSecrets, provedWithin?: number): Promise<SignedIn>;
  /**
   * Asks whether the person is still welcome, and what is true of them now. The answer is waited for longer than any other: it may
   * replace the refresh token, and one that is not heard is lost with it.
   *
   * @returns undefined when the provider says no, or speaks of somebody else
   */
  refresh(refreshToken: string, sub: string): Promise<Renewal | undefined>;
  /**
   * Asks with an access token that lives whether the person is still welcome: what makes a provider take it back is known
   * long before it is over. Absent where there is no place to ask at.
   *
   * @returns undefined when the provider takes the token no more
   */
  readonly confirm?: (accessToken: string, sub: string) => Promise<Word | undefined>;
  /** Gives a grant back. */
  revoke(refreshToken: string): Promise<void>;
  /**
   * Reads a logout token (OpenID Connect Back-Channel Logout 1.0); absent where it sends none.
   *
   * @throws HttpError also `logout_token_refused`
   */
  readonly readLogoutToken?: (token: string) => Promise<LogoutNotice>;
  /** How people sign out of the provider itself; absent where they are not led there. */
  readonly signOut?: {
    /** whether they always do, or only when they want to */
    readonly always: boolean;
    /** where a browser does that */
    address(asked: SignOutThere): Promise<URL>;
  };
};
