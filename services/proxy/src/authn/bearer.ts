import type { VisitorReason } from '@latchkey/access';
import type { Authenticator, AuthenticatorInput, Identified } from '@latchkey/admission';
import { bearerToken, whenThere } from '@latchkey/http';
import type { KnownSession } from './session-state.ts';

type Found = Identified<KnownSession> | undefined;

/** Knows one kind of token: who has shown it, and whether it counts at this moment. */
export type TokenKind = {
  /** One that was looked at before. Asked of all kinds before any of them reads anything. */
  readonly recall?: (token: string, asked: AuthenticatorInput) => Found | Promise<Found>;
  /** Any other; undefined for one that is none of this kind, which is known without asking anybody. */
  readonly identify: (token: string, asked: AuthenticatorInput) => Found | Promise<Found>;
};

/**
 * Knows callers by a token in `Authorization: Bearer`, on routes that take tokens. On all others the header is the
 * application's, and nobody looks at it.
 *
 * @param kinds in the order in which they are asked; what none of them knows is no token of ours
 */
export function createBearerAuthenticator(kinds: readonly TokenKind[]): Authenticator<KnownSession> {
  const questions = [
    ...kinds.map(({ recall }) => recall).filter((recall) => recall !== undefined),
    ...kinds.map(({ identify }) => identify),
  ];
  return function byToken(asked) {
    if (asked.route.bearer === undefined) return undefined;
    const shown = bearerToken(asked.rawHeaders);
    if (shown === undefined) return undefined;
    return shown === 'malformed' ? refusedToken('token_invalid', 'its form') : ask(shown.token, asked, 0);
  };

  function ask(token: string, asked: AuthenticatorInput, at: number): Found | Promise<Found> {
    const question = questions[at];
    if (question === undefined) return refusedToken('token_invalid', 'nobody known has issued it');
    return whenThere(question(token, asked), (found) => found ?? ask(token, asked, at + 1));
  }
}

/**
 * A caller with a token that does not count.
 *
 * @param flaw what is wrong with it, for the log
 */
export function refusedToken(
  why: Extract<VisitorReason, `token_${string}`>,
  flaw?: string,
): Extract<Identified<never>, { kind: 'visitor' }> {
  return { kind: 'visitor', principal: { kind: 'visitor', why, ...(flaw !== undefined && { flaw }) } };
}
