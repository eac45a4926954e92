import { hostOf } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';

/** The hosts of an environment, and where their certificates come from. */
type Hosts = {
  readonly domain: string;
  readonly authHost: string;
  readonly furtherHosts: readonly string[];
  readonly certificate: object;
};

/** What a certificate for an installation names: `*.domain`, and what that does not cover. */
export function namesOf({ domain, authHost, furtherHosts }: Omit<Hosts, 'certificate'>): string[] {
  const covered = (host: string) => host === `*.${domain}` || parentOf(host) === domain;
  return [`*.${domain}`, ...new Set([authHost, ...furtherHosts].filter((host) => !covered(host)))];
}

/** Which names no certificate of the zone can be validated for, nor led to the load balancer from there. */
export function namesBeyond(zone: string, hosts: Omit<Hosts, 'certificate'>): string[] {
  return namesOf(hosts).filter((name) => {
    const host = name.replace('*.', '');
    return host !== zone && !host.endsWith(`.${zone}`);
  });
}

/** Why browsers do not come to the proxy by a host; undefined where they do. */
export function whyNotLed({ domain, authHost, furtherHosts, certificate }: Hosts, host: string) {
  if (host === authHost) return 'is the host of auth, which answers for all of it; name another host';
  const served = [`*.${domain}`, ...furtherHosts];
  if (!served.some((name) => (name.startsWith('*') ? host.endsWith(name.slice(1)) : host === name)))
    return `is neither below ${domain} nor one of furtherHosts; name it there, or another host`;
  // RFC 6125, section 6.4.3: a wildcard stands for one label. What given certificates name is not known here.
  const isNamed =
    'arns' in certificate || [host, `*.${parentOf(host)}`].some((name) => served.includes(name));
  return isNamed
    ? undefined
    : `is not covered by a certificate for ${domain}; name *.${parentOf(host)} in furtherHosts, or another host`;
}

/** Where an upstream file names a host for which `whyNot` has a reason. Which hosts a pattern stands for is unknown. */
export function misledRoutes(
  file: string,
  { routes }: RouteTable,
  whyNot: (host: string) => string | undefined,
): string[] {
  return routes.flatMap((route) => {
    const host = hostOf(route)?.host;
    const why = host === undefined ? undefined : whyNot(host);
    const { line, column } = route.position;
    return why === undefined ? [] : [`${file}:${line}:${column}: ${host} ${why}`];
  });
}

function parentOf(host: string): string {
  return host.replace(/^[^.]+\./, '');
}
