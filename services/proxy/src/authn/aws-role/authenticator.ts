import { assumedRoleOf, awsTokenPrefix, isSameRole } from '@latchkey/access';
import type { Machine } from '@latchkey/access';
import type { AuthenticatorInput, Identified } from '@latchkey/admission';
import { ownCopy } from '@latchkey/http';
import type { CanonicalRequest, Clock } from '@latchkey/http';
import { clockSkewMs } from '@latchkey/session';
import type { Emit } from '@latchkey/telemetry';
import type { ServiceAccount } from '@latchkey/upstreams';
import { LRUCache } from 'lru-cache';
import type { ProxyEvent } from '../../telemetry/events.ts';
import { refusedToken } from '../bearer.ts';
import type { AskSts } from './ask-sts.ts';
import { readPresigned } from './presigned.ts';
import type { PresignedIdentity } from './presigned.ts';
import { createQuestionLimit } from './question-limit.ts';

type Found = Extract<Identified<never>, { kind: 'machine' | 'visitor' }>;
type Accounts = ReadonlyMap<string, ServiceAccount>;

// All that is needed of where a token was shown.
type Asked = Pick<AuthenticatorInput, 'request'>;

/** A kind of token, which is asked outside of a request for an application, too. */
export type AwsRoleTokens = {
  /** One that was looked at before. */
  recall(token: string, asked: Asked): Found | undefined;
  /** Any other; undefined for what is no such token. */
  identify(token: string, asked: Asked): Found | Promise<Found> | undefined;
};

/** What is known of a token that STS has looked at. */
type Proved = PresignedIdentity & {
  /** the role that its sender works in */
  readonly arn: string;
  /** by the accounts that were in force then; one value for as long as they are */
  readonly found: { readonly accounts: Accounts; readonly principal: Machine | undefined };
};

// Bounds of memory: letters of tokens, each kept with what was made of it.
const keptLetters = 8 * 1024 * 1024;
const keptRefused = 1_000;
const refusedMs = 60_000;

/**
 * Knows programs by the role of AWS that they work in. Their token is a request that only they can sign, and STS is asked who has.
 * That is done once for a token, after everything that costs nothing, and so often at most, whatever strangers send.
 */
export function createAwsRoleTokens(parts: {
  accounts: () => Accounts;
  origin: (request: CanonicalRequest) => string;
  askSts: AskSts;
  clock: Clock;
  emit: Emit<ProxyEvent>;
}): AwsRoleTokens {
  const { clock, askSts } = parts;
  const proved = new LRUCache<string, Proved>({
    maxSize: keptLetters,
    sizeCalculation: (_, { length }) => length,
  });
  const refused = new LRUCache<string, { readonly flaw: string; readonly at: number }>({ max: keptRefused });
  const pending = new Map<string, Promise<Found>>();
  const limit = createQuestionLimit(clock.elapsed);

  return {
    recall(token, asked) {
      const known = proved.get(token);
      if (known !== undefined) return objectionTo(known, asked) ?? machineOf(token, known);
      const before = refused.get(token);
      const isRecent = before !== undefined && clock.elapsed() - before.at < refusedMs;
      return isRecent ? refusedToken('token_invalid', before.flaw) : undefined;
    },
    identify(token, asked) {
      if (!token.startsWith(awsTokenPrefix)) return undefined;
      const read = readPresigned(token);
      if (typeof read === 'string') return refusedToken('token_invalid', read);
      const objection = objectionTo(read, asked);
      if (objection !== undefined) return objection;
      if (!hasRoles(parts.accounts(), read)) {
        return refusedToken('token_invalid', 'no service account has a role of AWS there');
      }
      return pending.get(token) ?? prove(ownCopy(token), read, asked.request.client);
    },
  };

  // The audience is a header that STS has checked with the rest, so it is as good as the signature.
  function objectionTo({ audience, from, until }: PresignedIdentity, asked: Asked) {
    const now = clock.now();
    if (audience !== parts.origin(asked.request)) {
      return refusedToken('token_invalid', 'it is for another application (X-Latchkey-Audience)');
    }
    if (from > now + clockSkewMs) return refusedToken('token_invalid', 'it does not count yet (X-Amz-Date)');
    return until <= now ? refusedToken('token_expired') : undefined;
  }

  function prove(token: string, read: PresignedIdentity, client: string): Found | Promise<Found> {
    const question = limit.begin(client);
    if (question === undefined) {
      return refusedToken('token_unverified', 'STS is being asked about too many tokens');
    }
    const found = askSts(read)
      .then((answer): Found => {
        if (answer === 'unanswered') {
          question.judge('unanswered');
          return refusedToken('token_unverified', 'STS cannot be asked');
        }
        const known =
          answer === 'refused' ? 'STS does not take its signature' : keep(token, read, answer.arn);
        question.judge(typeof known === 'string' ? 'in vain' : 'worth it');
        if (typeof known !== 'string') return machineOf(token, known);
        refused.set(token, { flaw: known, at: clock.elapsed() });
        return refusedToken('token_invalid', known);
      })
      .finally(() => {
        question.end();
        pending.delete(token);
      });
    pending.set(token, found);
    return found;
  }

  function keep(token: string, read: PresignedIdentity, arn: string): Proved | string {
    const known = { ...read, arn, found: find(arn) };
    if (known.found.principal === undefined) return noAccountOf(arn);
    proved.set(token, known);
    return known;
  }

  // A reload may have given its role to another account, or to none.
  function machineOf(token: string, before: Proved): Found {
    const isInForce = before.found.accounts === parts.accounts();
    const known = isInForce ? before : { ...before, found: find(before.arn) };
    if (!isInForce) proved.set(token, known);
    const { principal } = known.found;
    if (principal === undefined) return refusedToken('token_invalid', noAccountOf(known.arn));
    parts.emit({ kind: 'service_account', account: principal.name });
    return { kind: 'machine', principal };
  }

  function find(arn: string): Proved['found'] {
    const accounts = parts.accounts();
    const role = assumedRoleOf(arn);
    const account =
      role && accounts.values().find(({ awsRole }) => awsRole !== undefined && isSameRole(awsRole, role));
    return {
      accounts,
      principal: account && { ...account.principal, subject: arn, awsRole: account.awsRole?.arn ?? '' },
    };
  }
}

function hasRoles(accounts: Accounts, { partition }: PresignedIdentity): boolean {
  return accounts.values().some(({ awsRole }) => awsRole?.partition === partition);
}

function noAccountOf(arn: string): string {
  return `no service account has the role of ${arn.slice(0, 300)}`;
}
