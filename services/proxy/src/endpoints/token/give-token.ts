import { mayLetIn } from '@latchkey/access';
import type { Machine } from '@latchkey/access';
import type { Identified } from '@latchkey/admission';
import { HttpError, isForm, readText, replyJson } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import { accountOf } from '@latchkey/upstreams';
import type { Route, ServiceAccount } from '@latchkey/upstreams';
import type { Request, Response } from 'express';
import type { ServiceTokens, FoundServiceToken } from '../../authn/service-token.ts';
import type { Proof, WorkloadToken, WorkloadTokens } from '../../authn/workload/tokens.ts';
import { recordOf } from '../../exchange.ts';
import type { Exchange } from '../../exchange.ts';
import type { ProxyEvent } from '../../telemetry/events.ts';
import { ownRequestOf } from '../own-request.ts';
import { accessTokenTypeUri, readTokenRequest } from './token-request.ts';
import type { TokenRequest } from './token-request.ts';
import { clientOf } from './client.ts';

const longestForm = 16 * 1024;
const longestLifeMs = 3_600_000;

/** What exchanging tokens takes. */
export type Exchanging = {
  readonly tokens: Pick<WorkloadTokens, 'sign'>;
  /** Looks at a token as one of the issuers of the file; undefined for what is of none. */
  readonly verify: (token: string) => Promise<Identified<never> | undefined>;
  /** Finds the account of a secret, which is one of its tokens. */
  readonly findSecret: ServiceTokens['find'];
  /** those in force */
  readonly accounts: () => ReadonlyMap<string, ServiceAccount>;
  readonly origin: (request: CanonicalRequest) => string;
  /** nothing is given out for longer, milliseconds */
  readonly lifetimeMs: number;
  /** whether nothing may be given out, because it could not be written down */
  readonly mustRefuse: () => boolean;
  readonly now: () => number;
  readonly emit: Emit<ProxyEvent>;
};

/** Which account asks, by what, and for how long that holds by itself. */
type Proven = { readonly principal: Machine; readonly proof: Proof; readonly endsAt?: number | undefined };

/**
 * `POST /oauth2/token` on the host of an application (RFC 8693, RFC 7523; RFC 6749, section 4.4): a program shows a token of its issuer, or
 * the secret of its service account, and gets a token that is good for this application alone, for as long as what it has shown stands
 * in the file, and for one hour at most.
 */
export function createExchangeTokens(parts: Exchanging): (req: Request, res: Response) => Promise<void> {
  return async function exchangeToken(req, res) {
    const { request, route, exchange } = ownRequestOf(res);
    const origin = parts.origin(request);
    let asked: TokenRequest | undefined;
    let scopes: readonly string[] | undefined;
    const emitOutcome = (outcome: Extract<ProxyEvent, { kind: 'workload_token' }>['outcome']) => {
      if (asked === undefined) return;
      const { grant } = asked;
      parts.emit({ kind: 'workload_token', outcome, grant, scopes, record: recordOf(exchange) });
    };
    try {
      const form: URLSearchParams = req.body;
      asked = readTokenRequest(form, origin);
      if (parts.mustRefuse()) throw new HttpError('audit_unavailable');
      const proven =
        asked.grant === 'client_credentials'
          ? provenBySecret(clientOf(req.headers.authorization, form, parts.findSecret))
          : provenByIssuer(await machineOf(asked.token, exchange, parts), parts);
      const { principal, proof } = proven;
      exchange.principal = principal;
      scopes = scopesFor(asked, principal);
      const token = { account: principal.name, origin, scopes, proof };
      replyJson(res, 200, await answerWith(token, { ...asked, ...proven, route }, parts));
      emitOutcome('done');
    } catch (error) {
      if (error instanceof HttpError) {
        exchange.detail = error.detail ?? error.code;
        emitOutcome(error.code);
      }
      throw error;
    }
  };
}

function provenBySecret({ account, token }: FoundServiceToken): Proven {
  return { principal: account.principal, proof: { secretHash: token.hash }, endsAt: token.expiresAt };
}

function provenByIssuer(machine: Machine, { accounts }: Exchanging): Proven {
  const found = accountOf(machine, accounts());
  if (found === undefined) throw invalidGrant('it says nothing of a service account');
  const { account, claims } = found;
  return { principal: account.principal, proof: { issuer: machine.issuer ?? '', claims } };
}

async function answerWith(
  token: Omit<WorkloadToken, 'until'>,
  {
    grant,
    route,
    principal,
    endsAt = Infinity,
  }: Pick<TokenRequest, 'grant'> & Proven & { readonly route: Route },
  { tokens, lifetimeMs, now }: Exchanging,
): Promise<Readonly<Record<string, unknown>>> {
  if (!mayLetIn(route.policy, principal)) {
    throw new HttpError('invalid_target', { detail: 'no rule of this application lets the account in' });
  }
  const lifeMs = Math.min(longestLifeMs, lifetimeMs, endsAt - now());
  return {
    access_token: await tokens.sign({ ...token, until: now() + lifeMs }),
    ...(grant === 'token_exchange' && { issued_token_type: accessTokenTypeUri }),
    token_type: 'Bearer',
    expires_in: Math.floor(lifeMs / 1000),
    scope: token.scopes.join(' '),
  };
}

async function machineOf(token: string, exchange: Exchange, { verify }: Exchanging): Promise<Machine> {
  const found = await verify(token);
  if (found?.kind === 'machine') {
    exchange.principal = found.principal;
    return found.principal;
  }
  if (found?.kind !== 'visitor') throw invalidGrant('it is not of a program of an issuer that is known');
  const { why, flaw } = found.principal;
  // The keys of the issuer are away: it may be a good one.
  if (why === 'token_unverified') throw new HttpError('session_unverified', { detail: flaw ?? why });
  throw invalidGrant(flaw ?? why);
}

function scopesFor({ scopes }: TokenRequest, { scopes: held }: Machine): readonly string[] {
  if (scopes === undefined) return held;
  if (scopes.every((one) => held.includes(one))) return scopes;
  throw new HttpError('invalid_scope', { detail: 'more than what the account has' });
}

/** Reads what is asked for into `req.body`, if it comes in time. */
export function createReadTokenForm(withinMs: number): (req: Request) => Promise<void> {
  return async function readTokenForm(req) {
    if (!isForm(req.headers)) throw new HttpError('invalid_request', { detail: 'it is no form' });
    req.body = new URLSearchParams(await readText(req, longestForm, withinMs));
  };
}

function invalidGrant(detail: string): HttpError {
  return new HttpError('invalid_grant', { detail });
}
