import { isWithinDomain } from '@latchkey/session';
import { hostOf } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Routes whose provider auth does not have, where the env files say which ones it has. */
export function lintProviders({ file, source, table, auth }: LintSubject): Finding[] {
  const slugs = auth?.slugs;
  if (slugs === undefined) return [];
  return table.routes.flatMap((route) => {
    const written = source.optionPlaces(route, 'provider_slug').length > 0;
    const what = written ? '`provider_slug`' : 'UPSTREAM_DEFAULT_PROVIDER';
    const [first] = route.providerSlugs;
    const unknown = route.providerSlugs.filter((slug) => !slugs.includes(slug));
    return unknown.map((slug) => {
      const outcome = `nobody can sign in to ${quotedId(route)}${slug === first ? '' : ' with it'}`;
      const message = `${what} names ${JSON.stringify(slug)}, and auth has ${slugs.join(', ')}: ${outcome}. Write a slug that auth has, PROVIDER_X_SLUG`;
      const place = source.placeOf(route, 'provider_slug', slug);
      return findingOf(lints.providerUnknown, { file, ...place }, message);
    });
  });
}

/** Routes that auth sends nobody back to. A pattern of hosts names none that could be compared. */
export function lintReturns({ file, source, table, auth }: LintSubject): Finding[] {
  const domains = auth?.proxyDomains;
  if (domains === undefined) return [];
  return table.routes.flatMap((route) => {
    const host = hostOf(route)?.host;
    if (host === undefined || isReturnable(host, domains)) return [];
    const message = `AUTHORIZE_PROXY_DOMAINS is ${domains.join(', ')}, so auth sends nobody back to ${host} after the sign-in: add its domain there`;
    return [findingOf(lints.returnRefused, { file, ...source.placeOf(route, 'from', route.from) }, message)];
  });
}

/** Whether auth sends people back to a host. */
export function isReturnable(host: string, domains: readonly string[]): boolean {
  return domains.some((domain) => domain === '*' || isWithinDomain(host, domain));
}
