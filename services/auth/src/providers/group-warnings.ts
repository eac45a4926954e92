import type { ProviderSettings } from '@latchkey/settings';

/**
 * What an operator should hear at start about providers that tell no groups. Google's userinfo has no such claim, and its
 * directory is not asked yet; auth does not see the upstream file, so it warns about every route at once.
 */
export function groupWarnings(providers: readonly ProviderSettings[]): string[] {
  return providers.flatMap((provider) => {
    if (provider.type !== 'google' || !isGoogles(provider.endpoints.userinfo)) return [];
    return [
      `PROVIDER_${provider.id.toUpperCase()}: Google tells no groups, and its directory is not asked yet: a route with ` +
        'allowed_groups under it lets nobody in by group; write allowed_email_domains or allowed_email_addresses there',
    ];
  });
}

function isGoogles({ hostname }: URL): boolean {
  return hostname === 'googleapis.com' || hostname.endsWith('.googleapis.com');
}
