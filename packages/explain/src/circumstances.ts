import { plainAddress } from '@latchkey/networks';
import { factGroups } from '@latchkey/policy';
import { accountOf } from '@latchkey/upstreams';
import type { RouteTable } from '@latchkey/upstreams';
import { QuestionError } from './request.ts';
import type { Circumstances, ShownToken } from './request.ts';

/** How a request comes, as somebody writes it who asks about one. */
export type WrittenCircumstances = {
  readonly ip?: string | undefined;
  readonly time?: string | undefined;
  readonly device?: readonly string[] | undefined;
};

const ofCertificate = Object.keys(factGroups['device']?.facts ?? {});

/** @throws QuestionError */
export function readCircumstances(
  { ip, time, device }: WrittenCircumstances,
  { root }: Pick<RouteTable, 'root'>,
): Circumstances {
  const address = ip === undefined ? undefined : plainAddress(ip);
  if (ip !== undefined && address === undefined) {
    throw new QuestionError('ip', `${JSON.stringify(ip)}: write an address such as 203.0.113.9`);
  }
  return { address, at: readMoment('time', time), device: device && readDevice(device, root) };
}

/**
 * A moment, in milliseconds since the epoch.
 *
 * @throws QuestionError
 */
export function readMoment(part: 'time' | 'auth-time', text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new QuestionError(part, `${JSON.stringify(text)}: write it like 2026-12-24T18:00:00Z`);
}

function readDevice(
  texts: readonly string[],
  { deviceHeaders }: RouteTable['root'],
): Array<readonly [header: string, value: string]> {
  const headers = new Map([
    // As an ALB names it.
    ...ofCertificate.map((fact) => [fact, `X-Amzn-Mtls-Clientcert-${fact.replaceAll('_', '-')}`] as const),
    ...deviceHeaders,
  ]);
  return texts.map((text) => {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(text) ?? [];
    const header = headers.get(name);
    if (header !== undefined) return [header, value];
    throw new QuestionError('device', `${JSON.stringify(text)}: write ${[...headers.keys()].join('=…, ')}=…`);
  });
}

/**
 * What a service account shows, as far as the file says it.
 *
 * @throws QuestionError where there is none of this name
 */
export function tokenOfAccount(name: string, { root }: RouteTable): ShownToken {
  const account = root.serviceAccounts.get(name);
  if (account !== undefined) {
    const { scopes, subject, client, issuer } = account.principal;
    const awsRole = account.awsRole?.arn;
    return {
      name,
      scopes,
      ...(subject !== undefined && { subject }),
      ...(client !== undefined && { client }),
      ...(issuer !== undefined && { issuer }),
      ...(awsRole !== undefined && { awsRole }),
    };
  }
  const known = [...root.serviceAccounts.keys()].join(', ') || 'none';
  throw new QuestionError(
    'as-account',
    `${JSON.stringify(name)}: the service accounts of the file are ${known}`,
  );
}

/**
 * What a workload shows: the service account of the file that its claims make it, or else a program of its issuer.
 *
 * @param lines `name=value`; a name that comes several times is a list
 * @throws QuestionError
 */
export function tokenOfWorkload(
  token: ShownToken & { readonly issuer: string },
  lines: readonly string[],
  table: RouteTable,
): ShownToken {
  const claims = new Map<string, string | readonly string[]>();
  for (const line of lines) {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new QuestionError('claim', `${JSON.stringify(line)}: write it like repository=corp/app`);
    }
    const before = claims.get(name);
    claims.set(name, before === undefined ? value : [before, value].flat());
  }
  const said = { ...token, claims: Object.fromEntries(claims) };
  const found = accountOf(said, table.root.serviceAccounts);
  return found ? tokenOfAccount(found.account.principal.name, table) : said;
}
