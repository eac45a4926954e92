import type { ProviderSettings } from '@latchkey/settings';

/**
 * What an operator should hear at start about providers that tell no groups. Google's userinfo has no such claim; auth
 * does not see the upstream file, so it warns about every route at once.
 */
export function groupWarnings(providers: readonly ProviderSettings[]): string[] {
  return providers.flatMap((provider) => {
    if (provider.type !== 'google' || provider.directory !== undefined) return [];
    if (!isGoogles(provider.endpoints.userinfo)) return [];
    const prefix = `PROVIDER_${provider.id.toUpperCase()}`;
    return [
      `${prefix}: Google tells groups in its directory alone, so a route with allowed_groups under it lets nobody in by group; ` +
        `write ${prefix}_GOOGLE_CREDENTIALS and ${prefix}_GOOGLE_IMPERSONATE, if there is such a route`,
    ];
  });
}

function isGoogles({ hostname }: URL): boolean {
  return hostname === 'googleapis.com' || hostname.endsWith('.googleapis.com');
}
