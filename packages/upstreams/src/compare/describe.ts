import type { AccessRules } from '@latchkey/access';
import { hostOf } from '../match/loss.ts';
import type { Route, RouteTable, Target, TlsOptions } from '../types.ts';

const ruleKinds = [
  ['groups', 'group'],
  ['emailDomains', 'domain'],
  ['emailAddresses', 'address'],
] as const;

/** Who may pass, in words: `group eng; domain example.com`. */
export function describeRules(rules: AccessRules): string {
  if (isOpenToAll(rules)) return 'everybody who can sign in';
  return ruleKinds
    .filter(([kind]) => rules[kind].length > 0)
    .map(([kind, noun]) => `${noun} ${rules[kind].join(', ')}`)
    .join('; ');
}

/** Whether one of the lists is `*` alone. */
export function isOpenToAll(rules: AccessRules): boolean {
  return ruleKinds.some(([kind]) => rules[kind].length === 1 && rules[kind][0] === '*');
}

/** An address to forward to, as one would type it. */
export function describeTarget({ origin, socketPath, basePath, query }: Target): string {
  if (socketPath !== undefined) return `unix:${socketPath}`;
  return `${origin}${basePath}${query === '' ? '' : `?${query}`}`;
}

/** What connections are secured with, where it is not as everybody does it; each in words. */
export function describeTls({ serverName, files }: TlsOptions): string[] {
  const { ca_file: ca, client_cert_file: cert } = files;
  return [
    ...(ca === undefined ? [] : [`authorities of ${ca}`]),
    ...(cert === undefined ? [] : [`shows the certificate of ${cert}`]),
    ...(serverName === undefined ? [] : [`certificate for ${serverName}`]),
  ];
}

/** What the application learns by a certificate of who asks, and who vouches for it; each in words. */
export function describeIdentity({
  clientIdentity,
  tls: { files },
}: Pick<Route, 'clientIdentity' | 'tls'>): string[] {
  if (clientIdentity === undefined) return [];
  const { subject, sanUri, machineSubject } = clientIdentity.written;
  return [
    `certificate of the person as ${[subject, sanUri].filter((text) => text !== undefined).join(' and ')}`,
    `issued by ${files.ca_cert_file ?? ''} for ${describeDuration(clientIdentity.lifetimeMs)}`,
    ...(machineSubject === undefined ? [] : [`of a machine as ${machineSubject}`]),
  ];
}

/** A duration in the largest unit that leaves it whole. */
export function describeDuration(milliseconds: number): string {
  for (const [unit, length] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (milliseconds % length === 0 && milliseconds > 0) return `${milliseconds / length}${unit}`;
  }
  return `${milliseconds}ms`;
}

/** Where a route leads, in words. The hosts of a pattern lead to as many addresses. */
export function describeDestination(route: Route, table: RouteTable): string {
  if (route.kind === 'launcher') return 'the launcher';
  const own = hostOf(route);
  const target = own && table.match(own.host, own.port)?.target;
  return target ? describeTarget(target) : (route.to ?? '');
}
