import type { Route } from '@latchkey/upstreams';
import { domainOf } from './email.ts';
import type { Reason } from './reasons.ts';
import type { Person, Subject } from './subject.ts';

/** What is asked for, as far as a rule may look at it. */
export type Question = {
  /** the canonical path; undefined when the path has two readings, and then no rule that grants may match it */
  readonly path: string | undefined;
  readonly preflight: boolean;
};

/** One way to be let in. */
export type Rule = {
  /** as written in the upstream file */
  readonly text: string;
  readonly about: 'request' | 'person';
  /** the reason that a decision gives when this rule holds */
  readonly grants: Reason;
  holds(subject: Subject, question: Question): boolean;
};

const compiled = new WeakMap<Route, readonly Rule[]>();

/** The rules of a route in the order they are asked, made once per route. */
export function rulesOf(route: Route): readonly Rule[] {
  let rules = compiled.get(route);
  if (rules === undefined) {
    rules = [...requestRules(route), ...personRules(route)];
    compiled.set(route, rules);
  }
  return rules;
}

function requestRules(route: Route): Rule[] {
  const rules = route.publicPaths.map((pattern): Rule => ({
    text: `skip_auth_regex: ${pattern.source}`,
    about: 'request',
    grants: 'public_path',
    holds: (_, { path }) => path !== undefined && pattern.matches(path),
  }));
  if (!route.skipAuthPreflight) return rules;
  const preflight: Rule = {
    text: 'skip_auth_preflight: true',
    about: 'request',
    grants: 'preflight',
    holds: (_, question) => question.preflight,
  };
  return [preflight, ...rules];
}

function personRules(route: Route): Rule[] {
  const { groups, emailDomains, emailAddresses } = route.rules;
  return [
    listRule('allowed_groups', groups, 'allowed_group', (person) => person.groups ?? []),
    listRule('allowed_email_domains', emailDomains, 'allowed_email_domain', (person) => {
      const domain = domainOf(person.email);
      return domain === undefined ? [] : [domain];
    }),
    listRule('allowed_email_addresses', emailAddresses, 'allowed_email_address', (person) => [person.email]),
  ].filter((rule) => rule !== undefined);
}

function listRule(
  option: string,
  allowed: readonly string[],
  grants: Reason,
  factsOf: (person: Person) => readonly string[],
): Rule | undefined {
  if (allowed.length === 0) return undefined;
  const text = `${option}: ${allowed.join(', ')}`;
  // `*` means everybody only where it stands alone; beside other entries it is an entry like any other.
  if (allowed.length === 1 && allowed[0] === '*') {
    return { text, about: 'person', grants: 'signed_in', holds: (subject) => subject.kind === 'person' };
  }
  const wanted = new Set(allowed);
  return {
    text,
    about: 'person',
    grants,
    holds: (subject) => subject.kind === 'person' && factsOf(subject).some((fact) => wanted.has(fact)),
  };
}
