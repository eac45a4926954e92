import { z } from 'zod';
import { formOf } from './form.ts';
import type { FormParameters } from './form.ts';

/** Where the proxy hears which sessions were ended before their time. */
export const revocationsPath = '/oauth2/revocations';

/** So long auth keeps a question to which there is no answer yet. Milliseconds: shorter than what load balancers wait. */
export const revocationsHeldMs = 25_000;

/** So many are sent at once. */
export const revocationsAtOnce = 1_000;

const seconds = z.int().min(0);
// Longer than any that we give.
const name = z.string().min(1).max(256);

// Sessions that were ended before their time: one, or all of somebody who signed in until a moment.
const revocation = z.union([z.object({ sid: name }), z.object({ whose: name, signed_in_until: seconds })]);

/** What was ended. */
export type Revocation = Readonly<z.infer<typeof revocation>>;

// A newer version of auth may have forms that this one does not know. They are no reason to miss the others.
const revocationIfKnown = revocation.transform((one): Revocation | undefined => one).catch(undefined);

/** The answer: what was ended, oldest first, and after which to ask next. What is not understood is read as undefined. */
export const revocationsResponse = z.object({
  revocations: z.array(revocationIfKnown).max(revocationsAtOnce).readonly(),
  /** absent: after none */
  after: name.exactOptional(),
});

/** The answer as auth gives it. */
export type RevocationsResponse = Readonly<z.input<typeof revocationsResponse>>;

/** The question as a form: what was ended after the one that was sent last. */
export function revocationsForm(after: string | undefined): URLSearchParams {
  return formOf({ after });
}

/** After which one the proxy asks; undefined: after none. */
export function readRevocationsForm(form: FormParameters): string | undefined {
  return form.one('after');
}
