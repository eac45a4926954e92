import { ownEndpoints } from '@latchkey/contract';
import { readSession, seal, sealFitting, unseal } from '@latchkey/session';
import type { CodeRequest, KeyRing, Session } from '@latchkey/session';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * What a code stands for. It holds the session itself, sealed, so that any task of auth can redeem it; the store only
 * has to remember which ids were used.
 */
export type CodeGrant = {
  readonly id: string;
  readonly session: Session;
  /** the very address that the code was sent to */
  readonly redirectUri: string;
  readonly codeChallenge: string;
  /** seconds since the epoch */
  readonly exp: number;
};

/** A redirect and a request from the proxy: no person waits in between. */
export const codeLifeSeconds = 30;

const schema = z.object({
  id: z.string(),
  session: z.unknown(),
  redirectUri: z.string(),
  codeChallenge: z.string(),
  exp: z.number(),
});

// What a browser's address bar, a load balancer and `unseal` take without complaint.
const longestCode = 4096;

/**
 * The address that brings a session to the host of `target`, as a code.
 *
 * @param now milliseconds since the epoch
 */
export async function redirectWithCode(
  session: Session,
  {
    target,
    codeRequest,
    keys,
    now,
  }: { target: string; codeRequest: CodeRequest; keys: KeyRing; now: number },
): Promise<string> {
  const url = new URL(ownEndpoints.callback.path, target);
  const about = {
    id: randomBytes(16).toString('base64url'),
    redirectUri: url.href,
    codeChallenge: codeRequest.codeChallenge,
    exp: Math.floor(now / 1000) + codeLifeSeconds,
  };
  const code = await sealFitting(session, async (candidate) => {
    const sealed = await seal({ ...about, session: candidate }, keys);
    return sealed.length <= longestCode ? sealed : undefined;
  });
  url.search = new URLSearchParams({ code, state: codeRequest.state }).toString();
  return url.href;
}

/** Opens a code; undefined for whatever is not one, or is too old at `now` (milliseconds since the epoch). */
export async function openCode(code: string, keys: KeyRing, now: number): Promise<CodeGrant | undefined> {
  const opened = schema.safeParse(await unseal(code, keys)).data;
  const session = readSession(opened?.session);
  if (opened === undefined || session === undefined || opened.exp * 1000 <= now) return undefined;
  return { ...opened, session };
}
