import { provedWithinParameter } from '@latchkey/contract';
import { codeRequestParameters, signReturnAddress } from '@latchkey/session';
import type { Destination, Linking } from './destination.ts';

/** The path that starts a sign-in. A destination is signed afresh, so the link is good for as long as any other. */
export function startHref(
  slug: string,
  { destination, selectAccount = false }: { destination?: Destination | undefined; selectAccount?: boolean },
  { keys, now }: Linking,
): string {
  const parameters = new URLSearchParams({
    ...(destination && signReturnAddress(destination.target, keys.returnAddress[0], now(), destination)),
    ...(destination?.codeRequest && codeRequestParameters(destination.codeRequest)),
  });
  if (destination?.provedWithin !== undefined) {
    parameters.set(provedWithinParameter, destination.provedWithin.toString());
  }
  if (selectAccount) parameters.set('prompt', 'select_account');
  return parameters.size === 0 ? `/${slug}/start` : `/${slug}/start?${parameters.toString()}`;
}
