import { fittingClaims, workloadTokenPrefix } from '@latchkey/access';
import type { Machine } from '@latchkey/access';
import type { AuthenticatorInput, Identified } from '@latchkey/admission';
import type { CanonicalRequest } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { ServiceAccount } from '@latchkey/upstreams';
import type { ProxyEvent } from '../../telemetry/events.ts';
import { refusedToken } from '../bearer.ts';
import type { TokenKind } from '../bearer.ts';
import { isOver } from '../service-token.ts';
import type { Proof, WorkloadToken, WorkloadTokens } from './tokens.ts';

/**
 * Knows programs by the tokens that they were given for one of their issuer, or for their secret. The file decides each time: an account
 * or a hash that is taken out of it, or claims that it wants by now, end them.
 *
 * @param parts.accounts those in force
 * @param parts.now milliseconds since the epoch
 */
export function createWorkloadAuthenticator(parts: {
  tokens: Pick<WorkloadTokens, 'read'>;
  accounts: () => ReadonlyMap<string, ServiceAccount>;
  origin: (request: CanonicalRequest) => string;
  now: () => number;
  emit: Emit<ProxyEvent>;
}): TokenKind {
  const { tokens, accounts, origin, now, emit } = parts;
  return {
    identify: (text, asked) => (text.startsWith(workloadTokenPrefix) ? identify(text, asked) : undefined),
  };

  async function identify(text: string, { request }: AuthenticatorInput): Promise<Identified<never>> {
    const token = await tokens.read(text, origin(request));
    if (typeof token === 'string') return refusedToken(`token_${token}`);
    const principal = principalOf(token, accounts().get(token.account), now());
    if (principal === undefined) {
      return refusedToken('token_invalid', `the service account ${token.account} is another one by now`);
    }
    emit({ kind: 'service_account', account: token.account });
    return { kind: 'machine', principal };
  }
}

function principalOf(
  { proof, scopes: given }: WorkloadToken,
  account: ServiceAccount | undefined,
  now: number,
): Machine | undefined {
  if (account === undefined || !stillHolds(proof, account, now)) return undefined;
  const { principal } = account;
  const scopes = principal.scopes.filter((scope) => given.includes(scope));
  // The same value wherever that is possible: what was decided about it holds.
  return scopes.length === principal.scopes.length ? principal : { ...principal, scopes };
}

function stillHolds(proof: Proof, { workload, tokens }: ServiceAccount, now: number): boolean {
  if ('secretHash' in proof) {
    return tokens.some((token) => token.hash === proof.secretHash && !isOver(token, now));
  }
  return workload !== undefined && fittingClaims(workload, proof) !== undefined;
}
