import type { Provider } from '../providers/provider.ts';
import { asking } from './asking.ts';
import type { Asked, Tell } from './events.ts';

/** The same provider; every question to it is told. */
export function observeProvider(provider: Provider, tell: Tell): Provider {
  const about = (action: Asked['action']): Asked => ({ provider: provider.slug, action });
  const { directory } = provider;
  return {
    ...provider,
    ...(directory && {
      directory: {
        memberOf: (email, groups) =>
          asking(about('check_memberships_resource'), tell, () => directory.memberOf(email, groups)),
      },
    }),
    begin: (options) => asking(about('discovery'), tell, () => provider.begin(options)),
    finish: (callback, pending) => asking(about('redeem'), tell, () => provider.finish(callback, pending)),
    refresh: (refreshToken, sub) => asking(about('refresh'), tell, () => provider.refresh(refreshToken, sub)),
    revoke: (refreshToken) => asking(about('revoke'), tell, () => provider.revoke(refreshToken)),
  };
}
