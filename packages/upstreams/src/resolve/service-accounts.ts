import { isSameRole, serviceAccountIssuer } from '@latchkey/access';
import type { Machine, Workload } from '@latchkey/access';
import { isDeepStrictEqual } from 'node:util';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import { readable, readableOf, unreadableValue } from '../shape/reader.ts';
import type { Located, Unreadable } from '../shape/reader.ts';
import type { WrittenAccount } from '../shape/service-accounts.ts';
import type { Issuer, ServiceAccount, ServiceTokenHash } from '../types.ts';

type Written = ReadonlyArray<WrittenAccount | Unreadable> | Unreadable | undefined;

const dayMs = 24 * 3_600_000;
// So long before the end of a token there is time to make another and hand it out.
const warnedMs = 30 * dayMs;

/**
 * The service accounts of a file by their names. What is wrong is reported, and that a token ends soon.
 *
 * @param context.now milliseconds since the epoch
 */
export function resolveServiceAccounts(
  written: Written,
  { now, issuers }: { now: number; issuers: readonly Issuer[] },
  report: Report,
): ReadonlyMap<string, ServiceAccount> {
  const accounts = new Map<string, ServiceAccount>();
  const hashes = new Set<string>();
  for (const account of readableOf(written)) {
    if (account.name === undefined) {
      report('serviceAccountName', account.at, 'A service account needs a name: write `name: deploy-bot`');
    }
    const tokens = tokensOf(account, { hashes, now }, report);
    const name = readable(account.name);
    if (name === undefined) continue;
    if (accounts.has(name.value)) {
      const message = `There is another service account ${quote(name.value)}: give each a name of its own, and list the tokens of one in its \`secret_hashes\``;
      report('serviceAccountTwice', name.at, message);
    }
    const awsRole = roleOf(account, accounts, report);
    const workload = workloadOf(account, { accounts, issuers }, report);
    accounts.set(name.value, {
      principal: principalOf(name.value, account),
      tokens,
      ...(awsRole !== undefined && { awsRole }),
      ...(workload !== undefined && { workload }),
    });
  }
  return accounts;
}

function roleOf(
  { aws_role: written }: WrittenAccount,
  accounts: ReadonlyMap<string, ServiceAccount>,
  report: Report,
): ServiceAccount['awsRole'] {
  const role = readable(written);
  if (role === undefined) return undefined;
  const other = accounts.values().find(({ awsRole }) => awsRole && isSameRole(awsRole, role.value));
  if (other !== undefined) {
    const message = `The service account ${quote(other.principal.name)} has this role already: name it in only one of the two`;
    report('serviceAccountRoleTwice', role.at, message);
  }
  return role.value;
}

function workloadOf(
  { issuer: from, claims: wanted, at }: WrittenAccount,
  { accounts, issuers }: { accounts: ReadonlyMap<string, ServiceAccount>; issuers: readonly Issuer[] },
  report: Report,
): Workload | undefined {
  const [issuer, claims] = [readable(from), readable(wanted)];
  const isWithout = wanted === undefined || claims?.length === 0;
  if (from === undefined && isWithout) return undefined;
  if (from === undefined) {
    const message = 'Write `issuer`: whose tokens have these `claims`';
    report('serviceAccountWorkload', at, message);
  } else if (isWithout) {
    const message =
      'Write `claims`: what tells the tokens of this account from all others of the issuer, such as `{repository: corp/app}`';
    report('serviceAccountWorkload', at, message);
  }
  if (issuer === undefined) return undefined;
  reportIssuer(issuer, issuers, report);
  if (claims === undefined) return undefined;
  const workload = { issuer: issuer.value, claims };
  const other = accounts.values().find((one) => one.workload && isDeepStrictEqual(one.workload, workload));
  if (other !== undefined) {
    const message = `The service account ${quote(other.principal.name)} wants the same claims: write one that tells the two apart`;
    report('serviceAccountWorkloadTwice', issuer.at, message);
  }
  return workload;
}

function reportIssuer({ value, at }: Located<string>, issuers: readonly Issuer[], report: Report): void {
  const issuer = issuers.find((one) => one.issuer === value);
  if (issuer === undefined) {
    const message = `There is no issuer ${quote(value)}: add it to \`issuers\`, or write it as it stands there`;
    report('serviceAccountWorkload', at, message);
  } else if (issuer.callers === 'people') {
    const message =
      'The tokens of this issuer are of people (`callers: people`), and none of them is a program';
    report('serviceAccountWorkload', at, message);
  }
}

function tokensOf(
  { secret_hashes: written, aws_role: role, issuer, at }: WrittenAccount,
  { hashes, now }: { hashes: Set<string>; now: number },
  report: Report,
): ServiceTokenHash[] {
  const isWithout = written === undefined || (written !== unreadableValue && written.length === 0);
  if (isWithout && role === undefined && issuer === undefined) {
    const message =
      'Nobody can use a service account without `secret_hashes`: make a token and its hash with `latchkey keys service-token NAME`, or write the `aws_role` of the program, or the `issuer` of its tokens';
    report('serviceAccountHash', at, message);
  }
  return readableOf(written).flatMap((token) => {
    warnOfEnd(readable(token.expires), now, report);
    if (token.hash === undefined) {
      report('serviceAccountHash', token.at, "There is no hash here: write `hash: 'sha256:…'`");
    }
    const hash = readable(token.hash);
    if (hash === undefined) return [];
    if (hashes.has(hash.value)) {
      const message = 'This hash is there already: each token is of one account, and is listed once';
      report('serviceAccountTwice', hash.at, message);
    }
    hashes.add(hash.value);
    return [{ hash: hash.value, expiresAt: readable(token.expires)?.value }];
  });
}

function warnOfEnd(end: Located<number> | undefined, now: number, report: Report): void {
  if (end === undefined || end.value - now > warnedMs) return;
  const advice = 'make another with `latchkey keys service-token NAME`';
  if (end.value <= now) {
    report('serviceTokenOver', end.at, `The token has expired and is refused: remove it, or ${advice}`);
    return;
  }
  const days = Math.ceil((end.value - now) / dayMs);
  report(
    'serviceTokenEnds',
    end.at,
    `The token expires ${days === 1 ? 'within a day' : `in ${days} days`}: ${advice}`,
  );
}

function principalOf(name: string, { scopes }: WrittenAccount): Machine {
  return {
    kind: 'machine',
    name,
    groups: [],
    issuer: serviceAccountIssuer,
    client: name,
    scopes: readableOf(scopes).map(({ value }) => value.trim()),
  };
}
