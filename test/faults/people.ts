import type { Account } from '@latchkey/dev-idp';

const group = 'engineering@example.com';

function account(name: string): Account {
  return { sub: name, email: `${name}@example.com`, email_verified: true, name, groups: [group] };
}

/**
 * Who sign in and out all the time, one after the other, besides those who stay. Of one account that ends more than fifty
 * sessions everything ends that was signed in for until that second, and what begins within it is refused.
 */
export const newcomers: readonly Account[] = Array.from({ length: 20 }, (_, at) => account(`newcomer-${at}`));

/** Who is signed in, and at work all the time. */
export const people: readonly Account[] = Array.from({ length: 20 }, (_, at) => account(`person-${at}`));

/** The host that a connector leads to. */
export const intranet = 'intranet.latchkey.localhost';

/** The hosts of a database: one that the proxy connects to itself, and one that a connector leads to. */
export const databases = {
  direct: 'db.latchkey.localhost',
  private: 'private-db.latchkey.localhost',
} as const;

/** Everybody whom the provider knows. */
export const accounts: readonly Account[] = [...newcomers, ...people];

/** The hosts of each person: every other one has a session for one host alone, got by a code. A connector leads to `intranet`. */
export function hostsOf(person: Account): readonly string[] {
  const at = people.indexOf(person);
  return at % 2 === 0
    ? ['wiki.latchkey.localhost', 'hello.latchkey.localhost', intranet]
    : ['partners.elsewhere.localhost'];
}

/** The upstream file: one application under four names, two of them behind a group and one behind a connector, and a database under two. */
export function upstreams(
  { applicationPort, databasePort }: Record<'applicationPort' | 'databasePort', number>,
  access: string,
): string {
  const route = leadsTo(`http://127.0.0.1:${applicationPort}`);
  const database = leadsTo(`tcp://127.0.0.1:${databasePort}`);
  return [
    access,
    'services:\n',
    route('wiki', 'wiki.latchkey.localhost', `allowed_groups: [${group}]`),
    route('hello', 'hello.latchkey.localhost', 'allowed_email_domains: [example.com]'),
    route('intranet', intranet, 'via: beside, allowed_email_domains: [example.com]'),
    route('partners', 'partners.elsewhere.localhost', `allowed_groups: [${group}]`),
    database('db', databases.direct, `allowed_groups: [${group}]`),
    database('private-db', databases.private, 'via: beside, allowed_email_domains: [example.com]'),
  ].join('');
}

function leadsTo(to: string) {
  return (service: string, host: string, rule: string) =>
    `- {service: ${service}, default: {from: ${host}, to: '${to}', options: {${rule}}}}\n`;
}
