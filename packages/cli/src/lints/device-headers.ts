import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

/** Headers about devices, where the env file of the proxy trusts nobody who could say them. */
export function lintDeviceHeaders({ file, source, table, proxy }: LintSubject): Finding[] {
  if (proxy?.hasTrustedProxies !== false || table.root.deviceHeaders.size === 0) return [];
  const at = source.childrenOf([]).find(({ path }) => path.at(-1) === 'device_headers')?.at;
  const facts = [...table.root.deviceHeaders.keys()].map((fact) => `device.${fact}`).join(', ');
  const message = `SERVER_TRUSTED_PROXIES is not set, so there is never a ${facts}: add the address of the server in front there`;
  return [findingOf(lints.nobodySaysDevice, { file, ...(at ?? { line: 1, column: 1 }) }, message)];
}
