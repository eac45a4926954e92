import { introspectionForm, introspectionPath, introspectionResponse } from '@latchkey/contract';
import type { IntrospectionResponse } from '@latchkey/contract';
import type { Answer } from '@latchkey/http';
import { AuthUnavailable, readAnswer } from '../ask-auth.ts';
import type { AskAuth } from '../ask-auth.ts';

/** What routes need to know about a session besides whether it stands. */
export type SessionQuestion = {
  readonly groups: readonly string[];
  /** those of them that the asked route names, which are worth waiting for; absent where all are */
  readonly needed?: readonly string[];
  /** the provider's access token, for a session that was used on a route with `pass_access_token` */
  readonly accessToken: boolean;
};

/** Asks auth about a session. Rejects when there is no usable answer, whatever the cause. */
export type Introspect = (token: string, asked: SessionQuestion) => Promise<IntrospectionResponse>;

/**
 * After so many milliseconds auth seals a session anew. Grace counts from when auth last vouched for a session, which a task
 * that was never answered reads from the cookie: once a third of it is over there is a new seal, so that two thirds are left whenever
 * auth goes away. 0 where there is no grace.
 */
export function sealedAnewAfter(gracePeriodMs: number): number {
  return Math.ceil(gracePeriodMs / 3 / 1000) * 1000;
}

/**
 * Makes the question to auth.
 *
 * @param gracePeriodMs so long a session goes on while auth cannot be asked
 */
export function createIntrospect(askAuth: AskAuth, gracePeriodMs: number): Introspect {
  const vouchedWithin = sealedAnewAfter(gracePeriodMs) / 1000;

  return async function introspect(token, { groups, needed, accessToken }) {
    const form = introspectionForm({
      token,
      groups: [...new Set([...(needed ?? []), ...groups])],
      groupsNeeded: needed?.length,
      accessToken,
      vouchedWithin: vouchedWithin > 0 ? vouchedWithin : undefined,
    });
    return readAnswer(await ask(form), introspectionResponse);
  };

  // A task of auth that dies takes the questions to it with it, and another one may be asked: asking twice changes nothing.
  async function ask(form: URLSearchParams): Promise<Answer> {
    try {
      return await askAuth(introspectionPath, form);
    } catch (error) {
      if (error instanceof AuthUnavailable && error.isLost) return askAuth(introspectionPath, form);
      throw error;
    }
  }
}
