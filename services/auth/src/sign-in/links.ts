import { signReturnAddress } from '@latchkey/session';
import type { Context } from '../context.ts';

/** The path that starts a sign-in. A target is signed afresh, so the link is good for as long as any other. */
export function startHref(
  slug: string,
  { target, selectAccount = false }: { target?: string | undefined; selectAccount?: boolean },
  context: Context,
): string {
  const parameters = new URLSearchParams(
    target === undefined ? {} : signReturnAddress(target, context.keys.returnAddress, context.now()),
  );
  if (selectAccount) parameters.set('prompt', 'select_account');
  return parameters.size === 0 ? `/${slug}/start` : `/${slug}/start?${parameters.toString()}`;
}
