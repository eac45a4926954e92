import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Routes that answer servers in front, where the env file of the proxy trusts none. */
export function lintServersInFront({ file, source, table, proxy }: LintSubject): Finding[] {
  if (proxy?.hasTrustedProxies !== false) return [];
  return table.routes
    .filter(({ forwardAuth }) => forwardAuth)
    .map((route) => {
      const message = `SERVER_TRUSTED_PROXIES is not set, so \`forward_auth\` has no effect for ${quotedId(route)}: add the address of the server in front there`;
      return findingOf(lints.nobodyAsks, { file, ...source.placeOf(route, 'forward_auth') }, message);
    });
}

/** Headers about devices, where the env file of the proxy trusts nobody who could say them. */
export function lintDeviceHeaders({ file, source, table, proxy }: LintSubject): Finding[] {
  if (proxy?.hasTrustedProxies !== false || table.root.deviceHeaders.size === 0) return [];
  const at = source.childrenOf([]).find(({ path }) => path.at(-1) === 'device_headers')?.at;
  const facts = [...table.root.deviceHeaders.keys()].map((fact) => `device.${fact}`).join(', ');
  const message = `SERVER_TRUSTED_PROXIES is not set, so ${facts} is always absent: add the address of the server in front there`;
  return [findingOf(lints.nobodySaysDevice, { file, ...(at ?? { line: 1, column: 1 }) }, message)];
}
