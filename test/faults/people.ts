import type { Account } from '@latchkey/dev-idp';

const group = 'engineering@example.com';

function account(name: string): Account {
  return { sub: name, email: `${name}@example.com`, email_verified: true, name, groups: [group] };
}

/** Who signs in and out all the time, besides those who stay. */
export const newcomer = account('newcomer');

/** Who is signed in, and at work all the time. */
export const people: readonly Account[] = Array.from({ length: 20 }, (_, at) => account(`person-${at}`));

/** Everybody whom the provider knows. */
export const accounts: readonly Account[] = [newcomer, ...people];

/** The hosts of each person: every other one has a session for one host alone, got by a code. */
export function hostsOf(person: Account): readonly string[] {
  const at = people.indexOf(person);
  return at % 2 === 0
    ? ['wiki.latchkey.localhost', 'hello.latchkey.localhost']
    : ['partners.elsewhere.localhost'];
}

/** The upstream file: one application under three names, two of them behind a group. */
export function upstreams(port: number): string {
  const route = (service: string, host: string, rule: string) =>
    `- {service: ${service}, default: {from: ${host}, to: 'http://127.0.0.1:${port}', options: {${rule}}}}\n`;
  return [
    route('wiki', 'wiki.latchkey.localhost', `allowed_groups: [${group}]`),
    route('hello', 'hello.latchkey.localhost', 'allowed_email_domains: [example.com]'),
    route('partners', 'partners.elsewhere.localhost', `allowed_groups: [${group}]`),
  ].join('');
}
