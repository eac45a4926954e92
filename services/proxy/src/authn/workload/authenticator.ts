import { fittingClaims, workloadTokenPrefix } from '@latchkey/access';
import type { Machine } from '@latchkey/access';
import type { AuthenticatorInput, Identified } from '@latchkey/admission';
import type { CanonicalRequest } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { ServiceAccount } from '@latchkey/upstreams';
import type { ProxyEvent } from '../../telemetry/events.ts';
import { refusedToken } from '../bearer.ts';
import type { TokenKind } from '../bearer.ts';
import type { WorkloadToken, WorkloadTokens } from './tokens.ts';

/**
 * Knows workloads by the tokens that they were given for one of their issuer. The file decides each time: an account that is taken out
 * of it, or that wants something else by now, ends them.
 *
 * @param parts.accounts those in force
 */
export function createWorkloadAuthenticator(parts: {
  tokens: Pick<WorkloadTokens, 'read'>;
  accounts: () => ReadonlyMap<string, ServiceAccount>;
  origin: (request: CanonicalRequest) => string;
  emit: Emit<ProxyEvent>;
}): TokenKind {
  const { tokens, accounts, origin, emit } = parts;
  return {
    identify: (text, asked) => (text.startsWith(workloadTokenPrefix) ? identify(text, asked) : undefined),
  };

  async function identify(text: string, { request }: AuthenticatorInput): Promise<Identified<never>> {
    const token = await tokens.read(text, origin(request));
    if (typeof token === 'string') return refusedToken(`token_${token}`);
    const principal = principalOf(token, accounts().get(token.account));
    if (principal === undefined) {
      return refusedToken('token_invalid', `the service account ${token.account} is another one by now`);
    }
    emit({ kind: 'service_account', account: token.account });
    return { kind: 'machine', principal };
  }
}

function principalOf(token: WorkloadToken, account: ServiceAccount | undefined): Machine | undefined {
  if (account?.workload === undefined || fittingClaims(account.workload, token) === undefined)
    return undefined;
  const { principal } = account;
  const scopes = principal.scopes.filter((scope) => token.scopes.includes(scope));
  // The same value wherever that is possible: what was decided about it holds.
  return scopes.length === principal.scopes.length ? principal : { ...principal, scopes };
}
