import { call } from '@latchkey/http';
import type { Dispatcher } from 'undici';
import { z } from 'zod';

const answerSchema = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    /** those of the asked groups that the person is in */
    groups: z.array(z.string()),
    /** the session cookie's new value, where auth had to renew it */
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

const answerWithinMs = 5_000;

/** Makes the question to auth, over HTTP. */
export function createIntrospect(options: {
  internalUrl: URL;
  externalUrl: URL;
  client: { id: string; secret: string };
  dispatcher?: Dispatcher;
}): Introspect {
  const { id, secret } = options.client;
  const url = new URL('/oauth2/introspect', options.internalUrl);
  const headers = {
    // Auth answers to its public name only, wherever it is reached.
    host: options.externalUrl.host,
    // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };

  return async function introspect(token, groups) {
    const form = new URLSearchParams({ token });
    for (const group of groups) form.append('groups', group);
    const answer = await call({
      url,
      method: 'POST',
      headers,
      body: form.toString(),
      timeoutMs: answerWithinMs,
      ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
    });
    if (answer.status !== 200) throw new Error(`auth answered ${answer.status}`);
    return answerSchema.parse(JSON.parse(answer.body));
  };
}
