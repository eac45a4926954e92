import { demoAccounts, type Account } from '@latchkey/dev-idp';
import { appAddress } from './environment.ts';
import type { DemoPorts } from './ports.ts';

/**
 * What the demo prints once everything answers.
 *
 * @param botToken good for this run, and on this machine alone
 */
export function announcement(ports: DemoPorts, botToken: string): string {
  const apps = [
    [appAddress('hello', ports), 'anyone of example.com'],
    [`${appAddress('hello', ports)}public/`, 'everybody, without signing in'],
    [appAddress('wiki', ports), 'the group engineering@example.com'],
    [appAddress('vault', ports), 'the group security@example.com'],
    [appAddress('intranet', ports), 'anyone of example.com, through a connector: it has no port'],
    [appAddress('partners', ports), 'anyone of example.com, on another domain'],
    [appAddress('apps', ports), 'a list of what is open to you'],
  ];
  const accounts = demoAccounts.map((account) => [account.email, standing(account)]);
  const { origin } = new URL(appAddress('api', ports));
  return `ready

Open                                              for
${columns(apps, 50)}

Sign in as                  member of
${columns(accounts, 28)}

From another shell, as a person and as a program
  alias latchkey='npx --yes pnpm@12.21.0 --silent run latchkey'
  latchkey login ${origin} --scope read
  latchkey curl ${origin}/headers
  curl -H 'Authorization: Bearer ${botToken}' ${origin}/headers

Ctrl-C stops everything.
`;
}

function standing({ email, groups }: Account): string {
  if (!email.endsWith('@example.com')) return 'refused at sign-in';
  return groups.map((group) => group.split('@')[0]).join(', ') || 'no group';
}

const columns = (rows: readonly string[][], width: number): string =>
  rows.map(([first = '', second = '']) => `  ${first.padEnd(width - 2)}${second}`).join('\n');
