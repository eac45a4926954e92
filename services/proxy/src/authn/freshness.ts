import type { VisitorReason } from '@latchkey/access';
import type { AuthenticatorInput } from '@latchkey/admission';
import { authorityOf } from '@latchkey/http';
import { isProvedWithin } from '@latchkey/session';
import type { Session } from '@latchkey/session';
import type { Route } from '@latchkey/upstreams';
import type { LastUses } from './last-use.ts';

type Limits = Pick<Route, 'maxAuthAgeMs' | 'idleTimeoutMs'>;

/** Whether a session is fresh enough for a route: why not, or the `Set-Cookie` value that says that it is being used. */
export type SessionFreshness = { readonly stale: VisitorReason } | { readonly lastUse?: string };

/** How long ago a person who comes to a route without more may have proved who they are; undefined: at any time. */
export function provedWithinMs({ maxAuthAgeMs, idleTimeoutMs }: Limits): number | undefined {
  if (maxAuthAgeMs === undefined || idleTimeoutMs === undefined) return maxAuthAgeMs ?? idleTimeoutMs;
  return Math.min(maxAuthAgeMs, idleTimeoutMs);
}

// Each is an answer that no cache keeps.
const writtenAnewAfter = 1 / 10;

/**
 * Makes the look at how fresh a session is. A proof of who is here counts as use: a browser without a word about it is
 * let in by a recent proof, and by nothing else.
 *
 * @param parts.now milliseconds since the epoch
 */
export function createFreshness(parts: { lastUses: LastUses; now: () => number }) {
  const { lastUses, now } = parts;

  return function freshness(
    session: Session,
    { route, request, headers, isUnderWay }: AuthenticatorInput,
  ): SessionFreshness {
    const { maxAuthAgeMs, idleTimeoutMs } = route;
    if (maxAuthAgeMs !== undefined && !isProvedWithin(session, maxAuthAgeMs, now())) {
      return { stale: 'session_proof_old' };
    }
    if (idleTimeoutMs === undefined || isUnderWay === true) return {};
    const authority = authorityOf(request);
    const usedAt = lastUses.read(headers.cookie, session, authority) ?? -Infinity;
    const unusedMs = now() - usedAt;
    if (unusedMs >= idleTimeoutMs && !isProvedWithin(session, idleTimeoutMs, now())) {
      return { stale: 'session_idle' };
    }
    if (unusedMs < idleTimeoutMs * writtenAnewAfter) return {};
    return { lastUse: lastUses.write(session, authority, idleTimeoutMs) };
  };
}
