import type { Emit } from '@latchkey/telemetry';
import type { Provider, Renewal } from '../providers/provider.ts';
import { asking, questionOutcomeOf } from './asking.ts';
import type { ProviderQuestion, AuthEvent, QuestionOutcome } from './events.ts';

/** The same provider; every question to it is emitted. */
export function observeProvider(provider: Provider, emit: Emit<AuthEvent>): Provider {
  const about = (action: ProviderQuestion['action']): ProviderQuestion => ({
    provider: provider.slug,
    action,
  });
  const { confirm, directory, readLogoutToken, signOut } = provider;
  return {
    ...provider,
    ...(directory && {
      directory: {
        memberOf: (email, groups, needed) =>
          asking(
            about('check_memberships_resource'),
            emit,
            () => directory.memberOf(email, groups, needed),
            ({ trouble }) => (trouble === undefined ? 'answered' : questionOutcomeOf(trouble)),
          ),
      },
    }),
    ...(signOut && {
      signOut: {
        ...signOut,
        address: (asked) => asking(about('discovery'), emit, () => signOut.address(asked)),
      },
    }),
    ...(readLogoutToken && {
      readLogoutToken: (token) => asking(about('discovery'), emit, () => readLogoutToken(token)),
    }),
    ...(confirm && {
      confirm: (accessToken, sub) =>
        asking(
          about('confirm'),
          emit,
          () => confirm(accessToken, sub),
          (word) => (word === undefined ? 'refused' : 'answered'),
        ),
    }),
    begin: (options) => asking(about('discovery'), emit, () => provider.begin(options)),
    finish: (...asked) => asking(about('redeem'), emit, () => provider.finish(...asked)),
    refresh: (refreshToken, sub) =>
      asking(about('refresh'), emit, () => provider.refresh(refreshToken, sub), outcomeOfRefresh),
    revoke: (refreshToken) => asking(about('revoke'), emit, () => provider.revoke(refreshToken)),
  };
}

function outcomeOfRefresh(renewal: Renewal | undefined): QuestionOutcome {
  if (renewal === undefined) return 'refused';
  return renewal.trouble === undefined ? 'answered' : questionOutcomeOf(renewal.trouble);
}
