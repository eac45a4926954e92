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

/** Sessions that were ended before their time: one, or all of somebody who signed in until a moment. */
export const revocation = z.union([
  z.object({ sid: name }),
  z.object({ whose: name, signed_in_until: seconds }),
]);

/** What was ended. */
export type Revocation = Readonly<z.infer<typeof revocation>>;

/** The answer: what was ended, oldest first, in forms of which some may be unknown, and after which to ask next. */
export const revocationsResponse = z.object({
  revocations: z.array(z.unknown()).max(revocationsAtOnce).readonly(),
  /** absent: after none */
  after: name.exactOptional(),
});

/** What auth tells. */
export type RevocationsResponse = {
  readonly revocations: readonly Revocation[];
  readonly after?: string;
};

/** The question as a form: what was ended after the one that was sent last. */
export function revocationsForm(after: string | undefined): URLSearchParams {
  return formOf({ after });
}

/** After which one the proxy asks; undefined: after none. */
export function readRevocationsForm(form: FormParameters): string | undefined {
  return form.one('after');
}
