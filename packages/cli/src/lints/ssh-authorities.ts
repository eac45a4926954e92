import type { Route } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/**
 * Routes that share an SSH authority and do not let the same people in: an sshd goes by the key of the authority and the names, and
 * knows nothing of routes.
 */
export function lintSshAuthorities({ file, source, table }: LintSubject): Finding[] {
  const firstOf = new Map<string, Route>();
  return table.routes.flatMap((route) => {
    const key = route.sshCertificate?.keyFile;
    if (key === undefined) return [];
    const first = firstOf.get(key) ?? route;
    firstOf.set(key, first);
    if (accessOf(first) === accessOf(route)) return [];
    const message = `${quotedId(route)} and ${quotedId(first)} have one SSH authority but different rules, so a certificate of one is valid at the sshd of the other: name another \`ca_key_file\``;
    return [
      findingOf(lints.sharedSshAuthority, { file, ...source.placeOf(route, 'ca_key_file', key) }, message),
    ];
  });
}

function accessOf({
  rules,
  bearer,
  writtenRules,
  tags,
  providerSlugs,
  maxAuthAgeMs,
  idleTimeoutMs,
}: Route): string {
  return JSON.stringify([rules, bearer, writtenRules, tags, providerSlugs, maxAuthAgeMs, idleTimeoutMs]);
}
