import { z } from 'zod';
import { formOf, numberIn } from './form.ts';
import type { FormParameters } from './form.ts';

/** Where the proxy asks auth about a session (RFC 7662). */
export const introspectionPath = '/oauth2/introspect';

/** What the proxy wants to know about a session. */
export type IntrospectionRequest = {
  /** the value of the shared cookie, or a session that was handed over */
  readonly token: string;
  /** every group that it wants to know about, those first for which it waits */
  readonly groups: readonly string[];
  /** how many of them it waits for, from the first on; who does not say waits for all, and wants an answer about each */
  readonly groupsNeeded?: number | undefined;
  /** it wants the provider's access token, too */
  readonly accessToken: boolean;
  /** after so many seconds it wants the session sealed anew; who does not say needs no newer seal */
  readonly vouchedWithin?: number | undefined;
};

/** The question as a form. */
export function introspectionForm(request: IntrospectionRequest): URLSearchParams {
  const form = formOf({
    token: request.token,
    vouched_within: request.vouchedWithin?.toString(),
    access_token: request.accessToken ? 'true' : undefined,
    groups_needed: request.groupsNeeded?.toString(),
  });
  for (const group of request.groups) form.append('groups', group);
  return form;
}

/** The question in a form; undefined where it is about no session. */
export function readIntrospectionForm(form: FormParameters): IntrospectionRequest | undefined {
  const token = form.one('token');
  if (token === undefined) return undefined;
  return {
    token,
    groups: form.all('groups'),
    groupsNeeded: numberIn(form.one('groups_needed')),
    accessToken: form.one('access_token') === 'true',
    vouchedWithin: numberIn(form.one('vouched_within')),
  };
}

/** The answer about a session (RFC 7662, section 2.2). What else auth may say one day is left out. */
export const introspectionResponse = z.discriminatedUnion('active', [
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    sub: z.string().exactOptional(),
    email: z.string().exactOptional(),
    /** those asked for that the person is in */
    groups: z.array(z.string()).readonly(),
    /** those of which nobody could say as yet, to who has said which are needed */
    unknown_groups: z.array(z.string()).readonly().exactOptional(),
    /** the provider's, where it was asked for and lives */
    access_token: z.string().exactOptional(),
    /** until when that one is good, seconds since the epoch */
    access_token_exp: z.number().exactOptional(),
    /** seconds since the epoch */
    exp: z.number().exactOptional(),
    /** the session sealed anew, as the token was, to replace the one in the browser: its grant has changed, or it is old */
    session: z.string().exactOptional(),
    /** how many seconds ago a provider or a directory has said this, where it is to be asked again soon */
    age: z.number().exactOptional(),
    /** the provider could not be asked; this is what was true last time */
    stale: z.literal(true).exactOptional(),
  }),
]);

/** What auth says of a session. */
export type IntrospectionResponse = Readonly<z.infer<typeof introspectionResponse>>;
