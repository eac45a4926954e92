import type { ProviderSettings } from '@latchkey/settings';
import type { Logger } from 'pino';
import type { Emit } from '@latchkey/telemetry';
import { googleDirectory } from '../directory/create.ts';
import type { OpenStore } from '../store/open.ts';
import type { AuthEvent } from '../telemetry/events.ts';
import { cognitoProvider } from './cognito.ts';
import { googleProvider } from './google.ts';
import { oidcProvider } from './oidc.ts';
import { oktaProvider } from './okta.ts';
import type { Provider } from './provider.ts';

type Options = {
  readonly timeoutMs: number;
  readonly sessionValidMs: number;
  /** for the answer to a refresh */
  readonly refreshMs: number;
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly log: Logger;
  readonly emit: Emit<AuthEvent>;
  readonly shared: OpenStore;
};

/**
 * The configured providers by slug.
 *
 * @param options.origin our own, under which each provider has the addresses that it sends browsers back to
 * @param options.timeoutMs for each question to a provider
 * @throws SettingsError where one of them cannot work
 */
export function createProviders(
  settings: readonly ProviderSettings[],
  options: Options & { readonly origin: string },
): ReadonlyMap<string, Provider> {
  return new Map(
    settings.map((one) => {
      const callbackUrl = new URL(`/${one.slug}/callback`, options.origin);
      const signOutUrl = new URL(`/${one.slug}/sign_out`, options.origin);
      return [one.slug, createProvider(one, { ...options, callbackUrl, signOutUrl })];
    }),
  );
}

function createProvider(
  settings: ProviderSettings,
  options: Options & { callbackUrl: URL; signOutUrl: URL },
): Provider {
  if (settings.type === 'google') {
    const directory = settings.directory && googleDirectory(settings.directory, { ...options, ...settings });
    return googleProvider(settings, { ...options, directory });
  }
  if (settings.type === 'okta') return oktaProvider(settings, options);
  if (settings.type === 'cognito') return cognitoProvider(settings, options);
  return oidcProvider(settings, options);
}
