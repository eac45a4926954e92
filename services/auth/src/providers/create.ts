import type { ProviderSettings } from '@latchkey/settings';
import { googleProvider } from './google.ts';
import { oidcProvider } from './oidc.ts';
import type { Provider } from './provider.ts';

/**
 * The configured providers by slug.
 *
 * @param origin our own, under which each provider has its callback
 * @param timeoutMs for each question to a provider
 */
export function createProviders(
  settings: readonly ProviderSettings[],
  { origin, timeoutMs }: { origin: string; timeoutMs: number },
): ReadonlyMap<string, Provider> {
  return new Map(
    settings.map((one) => {
      const callbackUrl = new URL(`/${one.slug}/callback`, origin);
      const options = { callbackUrl, timeoutMs };
      return [one.slug, one.type === 'google' ? googleProvider(one, options) : oidcProvider(one, options)];
    }),
  );
}
