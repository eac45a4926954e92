import { createKeySet } from '@latchkey/identity';
import type { KeySet } from '@latchkey/identity';
import type { Identified } from '@latchkey/admission';
import { whenThere } from '@latchkey/http';
import type { Clock } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import { accountOf } from '@latchkey/upstreams';
import type { Issuer, RouteTable } from '@latchkey/upstreams';
import type { Logger } from 'pino';
import type { ProxyEvent } from '../../telemetry/events.ts';
import type { LiveTable } from '../../upstream-file/live-table.ts';
import type { TokenKind } from '../bearer.ts';
import { keySourceOf } from './fetch-keys.ts';
import { createKnownIssuer } from './issuer.ts';
import type { KnownIssuer } from './issuer.ts';
import { readToken } from './read-token.ts';

/** What knows the tokens of issuers. */
export type IssuerTokens = TokenKind & {
  /** Who shows one, by its issuer's word alone: not as a service account. */
  readonly verify: (token: string) => Promise<Identified<never> | undefined>;
};

type InForce = {
  readonly entry: string;
  readonly source: string;
  readonly keys: KeySet;
  readonly known: KnownIssuer;
};

/**
 * Knows the tokens (JWT) of the issuers that the upstream file names. One whose entry a reload leaves as it is stays the same one,
 * with all that is known of its tokens, and its keys stay for as long as they come from the same place. Those that are of a service account are looked up each time: an account that is
 * taken out counts from the reload on.
 */
export function createIssuerTokens({
  table,
  clock,
  log,
  emit,
}: {
  table: LiveTable;
  clock: Clock;
  log: Logger;
  emit: Emit<ProxyEvent>;
}): IssuerTokens {
  let inForce: ReadonlyMap<string, InForce> = new Map();

  function keysOf(issuer: Issuer): KeySet {
    function onFetched(failure: unknown): void {
      emit({
        kind: 'keys_asked',
        issuer: issuer.issuer,
        outcome: failure === undefined ? 'answered' : 'unanswered',
      });
      if (failure === undefined) return;
      const detail = failure instanceof Error ? failure.message : 'unknown';
      log.warn({ issuer: issuer.issuer, detail }, 'the keys of an issuer cannot be fetched');
    }
    return createKeySet(keySourceOf(issuer.keys), { elapsed: clock.elapsed, onFetched });
  }

  function make(issuer: Issuer, before: InForce | undefined): InForce {
    const [entry, source] = [JSON.stringify(issuer), JSON.stringify(issuer.keys)];
    if (before?.entry === entry) return before;
    const keys = before?.source === source ? before.keys : keysOf(issuer);
    return { entry, source, keys, known: createKnownIssuer(issuer, keys, clock.now) };
  }

  function asAccount(found: Identified<never>): Identified<never> {
    if (found.kind !== 'machine') return found;
    const account = accountOf(found.principal, table.current().root.serviceAccounts)?.account;
    if (account === undefined) return found;
    const { principal } = account;
    emit({ kind: 'service_account', account: principal.name });
    return { kind: 'machine', principal };
  }

  function use({ root }: RouteTable): void {
    inForce = new Map(
      root.issuers.map((issuer) => [issuer.issuer, make(issuer, inForce.get(issuer.issuer))]),
    );
  }
  use(table.current());
  table.onReplace(use);

  function recall(token: string): Identified<never> | undefined {
    for (const { known } of inForce.values()) {
      const before = known.recall(token);
      if (before !== undefined) return before;
    }
    return undefined;
  }

  function check(token: string): ReturnType<KnownIssuer['check']> | undefined {
    const read = inForce.size === 0 ? undefined : readToken(token);
    const iss = read?.claims.iss;
    const issuer = iss === undefined ? undefined : inForce.get(iss);
    return read && issuer?.known.check(token, read);
  }

  return {
    verify: async (token) => recall(token) ?? check(token),
    recall(token) {
      const before = recall(token);
      return before && asAccount(before);
    },
    identify(token) {
      const checked = check(token);
      return checked && whenThere(checked, asAccount);
    },
  };
}
