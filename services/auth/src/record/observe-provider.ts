import type { Provider, Renewal } from '../providers/provider.ts';
import { asking, outcomeOf } from './asking.ts';
import type { Asked, QuestionOutcome, Tell } from './events.ts';

/** The same provider; every question to it is told. */
export function observeProvider(provider: Provider, tell: Tell): Provider {
  const about = (action: Asked['action']): Asked => ({ provider: provider.slug, action });
  const { directory } = provider;
  return {
    ...provider,
    ...(directory && {
      directory: {
        memberOf: (email, groups, needed) =>
          asking(
            about('check_memberships_resource'),
            tell,
            () => directory.memberOf(email, groups, needed),
            ({ trouble }) => (trouble === undefined ? 'answered' : outcomeOf(trouble)),
          ),
      },
    }),
    begin: (options) => asking(about('discovery'), tell, () => provider.begin(options)),
    finish: (callback, pending) => asking(about('redeem'), tell, () => provider.finish(callback, pending)),
    refresh: (refreshToken, sub) =>
      asking(about('refresh'), tell, () => provider.refresh(refreshToken, sub), outcomeOfRefresh),
    revoke: (refreshToken) => asking(about('revoke'), tell, () => provider.revoke(refreshToken)),
  };
}

function outcomeOfRefresh(renewal: Renewal | undefined): QuestionOutcome {
  if (renewal === undefined) return 'refused';
  return renewal.trouble === undefined ? 'answered' : outcomeOf(renewal.trouble);
}
