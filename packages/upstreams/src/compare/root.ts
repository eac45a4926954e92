import type { RouteTable } from '../types.ts';
import type { Change } from './change.ts';
import { compareDeviceHeaders } from './device-headers.ts';
import { compareIssuers } from './issuers.ts';
import { compareNetworks } from './networks.ts';
import { compareServiceAccounts } from './service-accounts.ts';

/** What changes by the root of a file. Its guardrail shows at each route. */
export function compareRoots(before: RouteTable, after: RouteTable): Change[] {
  return [
    ...compareNetworks(before, after),
    ...compareDeviceHeaders(before, after),
    ...compareIssuers(before, after),
    ...compareServiceAccounts(before, after),
  ];
}
