import { z } from 'zod';
import type { AskAuth } from '../ask-auth.ts';

const answerSchema = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    /** those of the asked groups that the person is in */
    groups: z.array(z.string()),
    /** the session as a token again, where auth had to renew it */
    session: z.string().exactOptional(),
  }),
]);

/** What auth says of a session (RFC 7662, section 2.2). */
export type Introspection = z.infer<typeof answerSchema>;

/**
 * Asks auth about a session, and in which of the groups its person is. Rejects when there is no usable answer, whatever
 * the cause.
 */
export type Introspect = (token: string, groups: readonly string[]) => Promise<Introspection>;

/** Makes the question to auth. */
export function createIntrospect(askAuth: AskAuth): Introspect {
  return async function introspect(token, groups) {
    const form = new URLSearchParams({ token });
    for (const group of groups) form.append('groups', group);
    const answer = await askAuth('/oauth2/introspect', form);
    if (answer.status !== 200) throw new Error(`auth answered ${answer.status}`);
    return answerSchema.parse(JSON.parse(answer.body));
  };
}
