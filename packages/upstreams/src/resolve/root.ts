import type { Report } from '../problems.ts';
import type { WrittenIssuer } from '../shape/issuer.ts';
import { readable, readableOf } from '../shape/reader.ts';
import type { Root } from '../shape/root.ts';
import type { Issuer, RootSettings } from '../types.ts';
import { resolveServiceAccounts } from './service-accounts.ts';

/**
 * What a file says for all routes.
 *
 * @param now milliseconds since the epoch: what ends soon is told
 */
export function resolveRoot(root: Root, now: number, report: Report): RootSettings {
  return {
    issuers: readableOf(root.issuers).map(resolveIssuer),
    serviceAccounts: resolveServiceAccounts(root.service_accounts, now, report),
  };
}

function resolveIssuer({ issuer, audiences }: WrittenIssuer): Issuer {
  return {
    issuer: readable(issuer)?.value ?? '',
    audiences: readableOf(audiences).map(({ value }) => value),
  };
}
