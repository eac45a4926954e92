import { z } from 'zod';
import type { KeyRing } from './keys.ts';
import { seal, unseal } from './seal.ts';

const schema = z.object({
  sid: z.string().min(1),
  sub: z.string().min(1),
  email: z.string().min(1),
  /** slug of the provider */
  idp: z.string().min(1),
  /** seconds since the epoch, as is `exp` */
  auth_time: z.int(),
  exp: z.int(),
});

/**
 * Which session a person wants to end, as the proxy tells auth: that of the host they come from. Auth's own cookie may
 * have been removed, or belong to another sign-in, while the host still has this one. It names a session and opens nothing.
 */
export type SignOutHint = Readonly<z.infer<typeof schema>>;

/** Seals a hint; what else a session says stays out. */
export function sealSignOutHint(
  { sid, sub, email, idp, auth_time, exp }: SignOutHint,
  keys: KeyRing,
): Promise<string> {
  return seal({ sid, sub, email, idp, auth_time, exp }, keys);
}

/** Opens a hint; undefined for whatever is none, or whose session is over at `now` (milliseconds since the epoch). */
export async function openSignOutHint(
  value: string,
  keys: KeyRing,
  now: number,
): Promise<SignOutHint | undefined> {
  const hint = schema.safeParse(await unseal(value, keys)).data;
  return hint !== undefined && hint.exp * 1000 > now ? hint : undefined;
}
