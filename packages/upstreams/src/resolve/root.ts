import type { Report } from '../problems.ts';
import { readable } from '../shape/reader.ts';
import type { Root } from '../shape/root.ts';
import type { RootSettings } from '../types.ts';
import { resolveConnectors } from './connectors.ts';
import { resolveIssuers } from './issuers.ts';
import type { LookAtKeys } from './issuers.ts';
import type { ResolvePolicy } from './policy.ts';
import { resolveServiceAccounts } from './service-accounts.ts';

/**
 * What a file says for all routes. What is wrong is reported.
 *
 * @param context.now milliseconds since the epoch: what ends soon is reported
 */
export function resolveRoot(
  root: Root,
  { now, resolvePolicy, lookAtKeys }: { now: number; resolvePolicy: ResolvePolicy; lookAtKeys: LookAtKeys },
  report: Report,
): RootSettings {
  const issuers = resolveIssuers(root.issuers, lookAtKeys, report);
  const serviceAccounts = resolveServiceAccounts(root.service_accounts, { now, issuers }, report);
  return {
    issuers,
    serviceAccounts,
    connectors: resolveConnectors(root.connectors, serviceAccounts, report),
    networks: readable(root.networks) ?? [],
    deviceHeaders: readable(root.device_headers) ?? new Map(),
    guardrail: resolvePolicy(root.policy, report),
  };
}
