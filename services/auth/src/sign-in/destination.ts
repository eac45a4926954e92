import { ownEndpoints } from '@latchkey/contract';
import type { Clock } from '@latchkey/http';
import { signReturnAddress } from '@latchkey/session';
import type { CodeRequest, KeyRing, Session } from '@latchkey/session';
import { redirectWithCode } from '../service-endpoints/code.ts';
import { readsSharedCookie } from './return-address.ts';
import type { ReturnRules } from './return-address.ts';

/** What signing a link of ours takes. */
export type Linking = Pick<Clock, 'now'> & { readonly keys: { readonly returnAddress: KeyRing } };

/** What finding the way back to an application takes. */
export type Addressing = Linking & {
  readonly keys: { readonly code: KeyRing };
  readonly returns: ReturnRules;
};

/** Where a sign-in leads. */
export type Destination = {
  /** a checked URL of an application */
  readonly target: string;
  /** slugs of the providers to choose from; absent where there is no choice */
  readonly providers?: readonly string[];
  /** what its host waits for, where the session is to be handed over */
  readonly codeRequest?: CodeRequest;
  /** within how many seconds the person has to have proved who they are */
  readonly provedWithin?: number;
  /** why the proxy sent the browser here, as it says itself */
  readonly reason?: string;
};

/** How the proxy says that the cookie did come, and that it could not open it. */
export const unreadable = 'session_unreadable';
/** How it says that it has heard from us that a session is over. */
export const over = 'session_ended';

/**
 * How a session gets to the host of a destination. One rule decides: can the host read the shared cookie? Otherwise the
 * proxy has asked for a code. Where it has not, because it expects a shared cookie that its host never gets or that it has
 * no key for, the browser goes where a sign-in by code begins.
 */
export function deliveryTo(
  { target, codeRequest, reason }: Destination,
  { returns }: Pick<Addressing, 'returns'>,
): 'cookie' | 'code' | 'start' {
  if (codeRequest !== undefined) return 'code';
  return reason !== unreadable && readsSharedCookie(target, returns) ? 'cookie' : 'start';
}

/** The address to which a browser with a session is sent. */
export async function addressOf(
  destination: Destination,
  session: Session,
  parts: Addressing,
): Promise<string> {
  const { target, codeRequest, reason } = destination;
  const { keys, now } = parts;
  if (codeRequest !== undefined) {
    return redirectWithCode(session, { target, codeRequest, keys: keys.code, now: now() });
  }
  if (deliveryTo(destination, parts) === 'cookie') return target;
  const start = new URL(ownEndpoints.signIn.path, target);
  start.search = new URLSearchParams({
    ...signReturnAddress(target, keys.returnAddress[0], now()),
    ...(reason !== undefined && { reason }),
  }).toString();
  return start.href;
}
