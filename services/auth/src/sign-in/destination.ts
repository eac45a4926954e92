import { handOffStartPath, signReturnAddress } from '@latchkey/session';
import type { HandOff, Session } from '@latchkey/session';
import type { Context } from '../context.ts';
import { handOffAddress } from '../hand-off/code.ts';
import { readsSharedCookie } from './return-address.ts';

/** Where a sign-in leads: a checked URL of an application, and what its host waits for where the session is handed over. */
export type Destination = { readonly target: string; readonly handOff?: HandOff };

/** How the proxy says that the cookie did come, and that it could not open it. */
export const unreadable = 'session_unreadable';

/** Tells whether the host of a destination gets its session by the shared cookie alone. */
export function comesByCookie(
  { target, handOff }: Destination,
  reason: string | undefined,
  { returns }: Context,
): boolean {
  return handOff === undefined && reason !== unreadable && readsSharedCookie(target, returns);
}

/**
 * The address to which a browser with a session is sent.
 *
 * One rule decides how the session gets there: can the host read the shared cookie? Then the target itself. Otherwise the
 * proxy has asked for a code; where it has not, because it is set up to expect a shared cookie that its host never
 * gets or that it has no key for, the browser goes where a hand-off begins.
 *
 * @param reason why the proxy sent the browser here, as it says itself
 */
export async function addressOf(
  destination: Destination,
  session: Session,
  reason: string | undefined,
  context: Context,
): Promise<string> {
  const { target, handOff } = destination;
  const { keys, now } = context;
  if (comesByCookie(destination, reason, context)) return target;
  if (handOff !== undefined) {
    return handOffAddress(session, { target, handOff, keys: keys.code, now: now() });
  }
  const start = new URL(handOffStartPath, target);
  start.search = new URLSearchParams({
    ...signReturnAddress(target, keys.returnAddress, now()),
    ...(reason !== undefined && { reason }),
  }).toString();
  return start.href;
}
