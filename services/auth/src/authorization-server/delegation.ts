import { HttpError } from '@latchkey/http';
import { readSession, seal, sealFitting, unseal } from '@latchkey/session';
import type { Delegation, KeyRing, Session } from '@latchkey/session';
import { z } from 'zod';
import { withGrant } from '../lifecycle/issue.ts';
import { grantStateOf } from '../lifecycle/open.ts';
import type { Opening } from '../lifecycle/open.ts';
import type { SessionStore } from '../lifecycle/store.ts';

const schema = z.object({
  session: z.unknown(),
  client: z.string(),
  resource: z.string(),
  scopes: z.array(z.string()),
  family: z.string(),
});

// What `unseal` takes, and an address of a browser holds.
const longestSeal = 4_096;

/** What a person lets a program do, as from now on, in their session of the application. */
export function delegate(session: Session, { resource, ...asked }: Omit<Delegation, 'session'>): Delegation {
  return { ...asked, resource, session: { ...session, aud: new URL(resource).host, host_only: true } };
}

/** Seals a delegation together with what else there is to know, in the largest form that can be opened again. */
export function sealDelegation(
  { session, ...rest }: Delegation & Readonly<Record<string, unknown>>,
  keys: KeyRing,
): Promise<string> {
  return sealFitting(session, async (candidate) => {
    const sealed = await seal({ ...rest, session: candidate }, keys);
    return sealed.length <= longestSeal ? sealed : undefined;
  });
}

/** Opens one, and what it was sealed with; undefined for whatever is none. */
export async function openDelegation<Rest>(
  sealed: string,
  keys: KeyRing,
  rest: z.ZodType<Rest>,
): Promise<(Delegation & Rest) | undefined> {
  const opened = await unseal(sealed, keys);
  const known = schema.safeParse(opened).data;
  const more = rest.safeParse(opened).data;
  const session = readSession(known?.session);
  return known && more && session && { ...known, ...more, session };
}

/** What knowing whether a delegation stands takes. */
export type Delegating = Opening & { readonly store: Pick<SessionStore, 'isRevoked'> };

/** Tells whether all that was given out on one approval has ended. */
export function isFamilyOver({ session, family }: Delegation, { store }: Delegating): Promise<boolean> {
  return store.isRevoked({ ...session, sid: family });
}

/**
 * The delegation with what the provider has given for its session by now.
 *
 * @throws HttpError `invalid_grant` where its session or its family has ended
 */
export async function renewed<One extends Delegation>(one: One, parts: Delegating): Promise<One> {
  const known = await grantStateOf(one.session, parts);
  if (known === undefined || (await isFamilyOver(one, parts))) {
    throw new HttpError('invalid_grant', { detail: 'the session is over', user: one.session.email });
  }
  return { ...one, session: await withGrant(one.session, known.grant, parts) };
}
