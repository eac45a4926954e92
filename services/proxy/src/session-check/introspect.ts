import { z } from 'zod';
import { readAnswer } from '../ask-auth.ts';
import type { AskAuth } from '../ask-auth.ts';

const answerSchema = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    /** those of the asked groups that the person is in */
    groups: z.array(z.string()),
    /** those of which it cannot say as yet */
    unknown_groups: z.array(z.string()).exactOptional(),
    /** the provider's, where it was asked for and there is one */
    access_token: z.string().exactOptional(),
    /** until when that one is good, seconds since the epoch */
    access_token_exp: z.number().exactOptional(),
    /** the session as a token again, where auth had to renew it */
    session: z.string().exactOptional(),
  }),
]);

/** What auth says of a session (RFC 7662, section 2.2). */
export type Introspection = z.infer<typeof answerSchema>;

/** What routes need to know about a session besides whether it stands. */
export type Asked = {
  readonly groups: readonly string[];
  /** those of them that the asked route names, which are worth waiting for; absent where all are */
  readonly needed?: readonly string[];
  /** the provider's access token, for a session that was used on a route with `pass_access_token` */
  readonly accessToken: boolean;
};

/** Asks auth about a session. Rejects when there is no usable answer, whatever the cause. */
export type Introspect = (token: string, asked: Asked) => Promise<Introspection>;

/**
 * Makes the question to auth.
 *
 * @param gracePeriodMs counts from when auth last vouched for a session, which a task that was not told reads from the
 *   cookie. Auth seals that anew once a third of it is over, so that two thirds are left whenever auth goes away
 */
export function createIntrospect(askAuth: AskAuth, gracePeriodMs: number): Introspect {
  const vouchedWithin = Math.ceil(gracePeriodMs / 3 / 1000);

  return async function introspect(token, { groups, needed, accessToken }) {
    const form = new URLSearchParams({
      token,
      ...(vouchedWithin > 0 && { vouched_within: vouchedWithin.toString() }),
      ...(accessToken && { access_token: 'true' }),
      ...(needed !== undefined && { groups_needed: needed.length.toString() }),
    });
    for (const group of new Set([...(needed ?? []), ...groups])) form.append('groups', group);
    const answer = await askAuth('/oauth2/introspect', form);
    return readAnswer(answer, answerSchema);
  };
}
