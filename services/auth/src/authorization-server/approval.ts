import { HttpError } from '@latchkey/http';
import { seal, unseal } from '@latchkey/session';
import type { KeyRing, Session } from '@latchkey/session';
import { z } from 'zod';

const asked = {
  /** of the session that the page was shown to */
  sid: z.string(),
  /** milliseconds since the epoch */
  until: z.number(),
  client: z.string(),
  resource: z.string(),
  scopes: z.array(z.string()).readonly(),
};

const schema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('device'), ...asked, id: z.string(), userCode: z.string() }),
  z.object({
    kind: z.literal('redirect'),
    ...asked,
    redirectUri: z.string(),
    codeChallenge: z.string(),
    state: z.string().exactOptional(),
  }),
]);

/** What a page asks a person about. Its buttons bring it back as it was shown. */
export type Approval = Readonly<z.infer<typeof schema>>;

/** How long a page may be looked at. */
export const approvalLifeMs = 900_000;

/** Seals what a page asks about, for its buttons. */
export function sealApproval(approval: Approval, keys: KeyRing): Promise<string> {
  return seal(approval, keys);
}

/**
 * Opens what a button has brought.
 *
 * @throws HttpError `approval_refused` unless it is of a page of ours that was shown to this session not long ago
 */
export async function openApproval(
  sealed: string,
  { session, keys, now }: { session: Pick<Session, 'sid'>; keys: KeyRing; now: number },
): Promise<Approval> {
  const approval = schema.safeParse(await unseal(sealed, keys)).data;
  if (approval === undefined) throw new HttpError('approval_refused', { detail: 'not of a page of ours' });
  if (approval.sid !== session.sid) throw new HttpError('approval_refused', { detail: 'another session' });
  if (approval.until <= now) throw new HttpError('approval_refused', { detail: 'too old' });
  return approval;
}
