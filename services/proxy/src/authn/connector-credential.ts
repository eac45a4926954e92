import { canonicalRequest, withoutImpliedPort } from '@latchkey/http';
import type { CanonicalRequest, PeerTrust } from '@latchkey/http';
import type { ServiceAccount } from '@latchkey/upstreams';
import type { IncomingMessage } from 'node:http';
import type { AwsRoleTokens } from './aws-role/authenticator.ts';
import type { ServiceTokens } from './service-token.ts';

/** Which service account a connector has shown itself to be, and whether that counts still. */
export type IdentifiedConnector = { readonly account: string; readonly counts: () => boolean };

/** It shows nothing that counts, or nobody can say at the moment; `flaw` is for the log. */
export type NoCredential = { readonly isUnverified: boolean; readonly flaw?: string };

export type IdentifyConnector = (
  token: string,
  req: IncomingMessage,
) => Promise<IdentifiedConnector | NoCredential>;

/**
 * Knows connectors by the tokens of their service accounts, or by their role of AWS. A token of a role is over in minutes, and its
 * connection lasts: it counts for as long as the account has that role.
 */
export function createIdentifyConnector(parts: {
  serviceTokens: ServiceTokens;
  awsRoles: AwsRoleTokens;
  accounts: () => ReadonlyMap<string, ServiceAccount>;
  trust: PeerTrust;
  scheme: (request: CanonicalRequest) => 'http' | 'https';
}): IdentifyConnector {
  const { serviceTokens, awsRoles, accounts, trust } = parts;

  return async function identifyConnector(token, req) {
    const account = serviceTokens.accountOf(token);
    if (account !== undefined) return { account, counts: () => serviceTokens.accountOf(token) === account };
    const read = canonicalRequest(req, trust);
    if (typeof read === 'string') return { isUnverified: false, flaw: read };
    const request = withoutImpliedPort(read, parts.scheme(read));
    const found = awsRoles.recall(token, { request }) ?? (await awsRoles.identify(token, { request }));
    if (found?.kind === 'machine') {
      const { name, awsRole } = found.principal;
      return { account: name, counts: () => accounts().get(name)?.awsRole?.arn === awsRole };
    }
    const { why, flaw } = found?.principal ?? {};
    return { isUnverified: why === 'token_unverified', ...(flaw !== undefined && { flaw }) };
  };
}
