import { clashOf, statementsOf } from '@latchkey/policy';
import type { Form } from '@latchkey/policy';
import type { Route } from '@latchkey/upstreams';
import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';
import { passedGatesOf, person, placedRules } from './written-rules.ts';
import type { PlacedRules } from './written-rules.ts';

const domain = 'user.domain';

/** Certificates that name people by what stands before the `@`, where more than one domain may be behind it. */
export function lintNamesOfPeople(subject: LintSubject): Finding[] {
  const { file, source, table, auth } = subject;
  const admitted = auth?.accounts?.emailAddresses.length === 0 ? auth.accounts.emailDomains : [];
  const rules = placedRules(subject);
  return table.routes.flatMap((route) => {
    const named = namesOf(route).filter(({ text }) => text.includes('{user}'));
    if (named.length === 0 || isOne(admitted) || isOfOneDomain(route, rules)) return [];
    return named.map(({ option, text }) => {
      const message = `\`${option}\`: ${JSON.stringify(text)} gives two people of two domains one name, and ${quotedId(route)} is not limited to one domain: write {email}, or name one domain in \`allowed_email_domains\``;
      return findingOf(lints.nameOfTwo, { file, ...source.placeOf(route, option, text) }, message);
    });
  });
}

function namesOf({
  sshCertificate,
  clientIdentity,
}: Route): ReadonlyArray<{ readonly option: string; readonly text: string }> {
  const { subject, sanUri } = clientIdentity?.written ?? {};
  return [
    ...(sshCertificate?.principals ?? []).map((text) => ({ option: 'principals', text })),
    ...(subject === undefined ? [] : [{ option: 'subject', text: subject }]),
    ...(sanUri === undefined ? [] : [{ option: 'san_uri', text: sanUri }]),
  ];
}

/** Whether it shows in the rules that people of one domain pass at most. */
function isOfOneDomain(route: Route, { guardrail, of }: PlacedRules): boolean {
  const own = of(route);
  const gates = [
    ...passedGatesOf(guardrail),
    ...passedGatesOf(own.filter(({ rule }) => rule.effect === 'deny')),
  ];
  const service: Form = { op: 'among', variable: 'route.service', values: [JSON.stringify(route.service)] };
  const ways = own.filter(({ rule }) => rule.effect === 'allow').map(({ forms }) => forms.holds);
  const given = [person, service, ...gates.map(({ form }) => form), waysIn(route, ways)];
  const domains = given.flatMap(statementsOf).filter(({ variable }) => variable === domain);
  return [undefined, ...domains.flatMap(({ values }) => values)].some(
    (one) =>
      clashOf([
        ...given,
        ...(one === undefined ? [] : [{ op: 'notAmong' as const, variable: domain, values: [one] }]),
      ]) !== undefined,
  );
}

/** What has to be so that a list or an `allow_if` lets somebody in; of the domain of a group nothing is known. */
function waysIn({ rules }: Route, allowing: readonly Form[]): Form {
  const { groups, emailDomains, emailAddresses } = rules;
  const listed = [...emailDomains, ...emailAddresses.map((address) => address.replace(/^.*@/, ''))];
  if (groups.length > 0 || listed.includes('*')) return { op: 'all', parts: [] };
  const values = listed.map((each) => JSON.stringify(each));
  return { op: 'any', parts: [{ op: 'among', variable: domain, values }, ...allowing] };
}

function isOne(domains: readonly string[]): boolean {
  return domains.length === 1 && domains[0] !== '*';
}
