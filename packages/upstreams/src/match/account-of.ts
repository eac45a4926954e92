import { fittingClaims } from '@latchkey/access';
import type { Machine } from '@latchkey/access';
import type { ServiceAccount } from '../types.ts';

/** The service account whose workload a program is, the first one of the file, and the claims that make it that; undefined: none. */
export function accountOf(
  machine: Pick<Machine, 'issuer' | 'claims'>,
  accounts: ReadonlyMap<string, ServiceAccount>,
): { readonly account: ServiceAccount; readonly claims: Readonly<Record<string, string>> } | undefined {
  for (const account of accounts.values()) {
    const claims = account.workload && fittingClaims(account.workload, machine);
    if (claims !== undefined) return { account, claims };
  }
  return undefined;
}
