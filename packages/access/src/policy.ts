import { domainOf } from './email.ts';
import type { RuleFacts, RouteFacts } from './facts.ts';
import type { Machine, Person, Principal } from './principal.ts';
import type { Reason } from './reasons.ts';
import { gatesOf, outcomeOf, textOfRule } from './written-rule.ts';
import type { Gate, WrittenRule } from './written-rule.ts';

/**
 * Who may pass; any one of the three suffices. The defaults of the environment are already in it. Groups are compared
 * exactly; domains and addresses are lower-case. A list that holds nothing but `*` lets anyone pass who is signed in.
 */
export type AccessRules = {
  groups: readonly string[];
  emailDomains: readonly string[];
  emailAddresses: readonly string[];
};

/** What a route says of tokens. Each list is one more way in, beside those of `AccessRules`. */
export type TokenRules = {
  /** everybody who calls with a token needs all of these as well */
  readonly requiredScopes: readonly string[];
  readonly scopes: readonly string[];
  /** of machines, each as its issuer calls it, or `issuer#subject` */
  readonly subjects: readonly string[];
  /** client ids, alone or as `issuer#client` */
  readonly clients: readonly string[];
};

/** One entry of `skip_auth_regex`, in RE2 syntax. Not anchored unless it says so itself; sees the canonical path. */
export type PathPattern = { source: string; matches(path: string): boolean };

/** What an upstream file says about who may pass. */
export type PolicyOptions = {
  readonly rules: AccessRules;
  readonly publicPaths: readonly PathPattern[];
  readonly skipAuthPreflight: boolean;
  /** absent where the route takes no tokens */
  readonly bearer?: TokenRules;
  /** what its expressions say */
  readonly writtenRules?: readonly WrittenRule[];
  /** what a request has to pass on every route, whatever that one says */
  readonly guardrail?: readonly WrittenRule[];
  readonly about?: RouteFacts;
};

/** One way to be let in. */
export type Rule = {
  /** as written in the upstream file */
  readonly text: string;
  /** all that it looks at */
  readonly reads: readonly (keyof RuleFacts)[];
  /** the reason that a decision gives when this rule holds */
  readonly grants: Reason;
  /** where it is written as an expression */
  readonly written?: WrittenRule;
  readonly holds: (known: RuleFacts) => boolean;
};

/** What has to hold besides, whichever rule lets in. */
export type Demand = {
  /** as written in the upstream file */
  readonly text: string;
  /** the reason that a decision gives when it does not hold */
  readonly refuses: Reason;
  readonly holds: (known: Pick<RuleFacts, 'principal'>) => boolean;
};

/** Who may pass a route: its rules, in the order in which they are asked. */
export type Policy = {
  /** what a request has to pass before any rule lets it in: the guardrail, then what the route refuses */
  readonly gates: readonly Gate[];
  /** what has to hold besides, whichever rule lets in */
  readonly demands: readonly Demand[];
  /** those that do not ask who it is */
  readonly forAnyone: readonly Rule[];
  readonly forPrincipals: readonly Rule[];
  /** whether any of the latter, or a gate, reads the request, too: then what was decided about one holds for that one alone */
  readonly readsRequest: boolean;
  /** whether any expression does */
  readonly readsAsked: boolean;
  /** the groups that it names: all that applications get to know of a person's groups */
  readonly groups: readonly string[];
  /** these, and those that the guardrail names: all that has to be known to decide */
  readonly neededGroups: readonly string[];
  readonly about: RouteFacts;
};

const noRoute: RouteFacts = { service: '', tags: [] };

/** Compiles what a file says into a policy. */
export function compilePolicy(options: PolicyOptions): Policy {
  const { writtenRules = [], guardrail = [], about = noRoute } = options;
  const rules = [
    ...preflightRules(options),
    ...pathRules(options),
    ...listRules(options),
    ...tokenRules(options),
    ...writtenRules.filter(({ effect }) => effect === 'allow').map(allowRule),
  ];
  const forPrincipals = rules.filter(({ reads }) => reads.includes('principal'));
  const gates = gatesOf(guardrail, writtenRules);
  const written = [...guardrail, ...writtenRules];
  // Beside other entries a star is an entry that nobody has, and that nobody can be asked about.
  const listed = options.rules.groups.filter((group) => group !== '*');
  const groups = unique([...listed, ...writtenRules.flatMap((rule) => rule.groups)]);
  return {
    gates,
    demands: demandsOf(options),
    forAnyone: rules.filter(({ reads }) => !reads.includes('principal')),
    forPrincipals,
    readsRequest: [...gates, ...forPrincipals].some(({ reads }) => reads.some(isOfRequest)),
    readsAsked: written.some(({ reads }) => reads.some(isOfRequest)),
    groups,
    neededGroups: unique([...groups, ...guardrail.flatMap((rule) => rule.groups)]),
    about,
  };
}

function isOfRequest(fact: keyof RuleFacts): boolean {
  return fact !== 'principal' && fact !== 'route';
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

// A rule is given no more than it declares: what it declares decides for how long a decision holds.
function rule<Read extends keyof RuleFacts>(made: {
  text: string;
  reads: readonly Read[];
  grants: Reason;
  holds: (known: Pick<RuleFacts, Read>) => boolean;
}): Rule {
  return made;
}

// It does not hold where it cannot be decided, and never for a visitor: a way in without sign-in is public.
function allowRule(rule: WrittenRule): Rule {
  return {
    text: textOfRule(rule),
    reads: ['principal', ...rule.reads.filter((fact) => fact !== 'principal')],
    grants: 'allowed_by_rule',
    written: rule,
    holds: (known) => known.principal.kind !== 'visitor' && outcomeOf(rule, known) === true,
  };
}

function preflightRules({ skipAuthPreflight }: PolicyOptions): Rule[] {
  if (!skipAuthPreflight) return [];
  const text = 'skip_auth_preflight: true';
  return [rule({ text, reads: ['preflight'], grants: 'preflight', holds: ({ preflight }) => preflight })];
}

function pathRules({ publicPaths }: PolicyOptions): Rule[] {
  return publicPaths.map((pattern) =>
    rule({
      text: `skip_auth_regex: ${pattern.source}`,
      reads: ['path'],
      grants: 'public_path',
      holds: ({ path }) => path !== undefined && pattern.matches(path),
    }),
  );
}

function listRules({ rules: { groups, emailDomains, emailAddresses } }: PolicyOptions): Rule[] {
  return [
    listRule('allowed_groups', groups, 'allowed_group', (principal) =>
      principal.kind === 'visitor' ? [] : (principal.groups ?? []),
    ),
    listRule('allowed_email_domains', emailDomains, 'allowed_email_domain', ofPerson(domainsOf)),
    listRule(
      'allowed_email_addresses',
      emailAddresses,
      'allowed_email_address',
      ofPerson(({ email }) => [email]),
    ),
  ].filter((rule) => rule !== undefined);
}

function tokenRules({ bearer }: PolicyOptions): Rule[] {
  if (bearer === undefined) return [];
  return [
    listRule(
      'allowed_scopes',
      bearer.scopes,
      'allowed_scope',
      ofMachine(({ scopes }) => scopes),
    ),
    listRule(
      'allowed_subjects',
      bearer.subjects,
      'allowed_subject',
      ofMachine((machine) => named(machine.subject, machine)),
    ),
    listRule(
      'allowed_clients',
      bearer.clients,
      'allowed_client',
      ofMachine((machine) => named(machine.client, machine)),
    ),
  ].filter((rule) => rule !== undefined);
}

// Of machines alone: a person chooses the program that acts for them, and approves whatever scope it asks for. By these they
// could let themselves in anywhere.
function ofMachine(entriesOf: (machine: Machine) => readonly string[]) {
  return (principal: Principal) => (principal.kind === 'machine' ? entriesOf(principal) : []);
}

// Two issuers may give one name to two callers, so that a file may say whose it means.
function named(name: string | undefined, principal: Machine): readonly string[] {
  if (name === undefined) return [];
  return principal.issuer === undefined ? [name] : [name, `${principal.issuer}#${name}`];
}

function demandsOf({ bearer }: PolicyOptions): Demand[] {
  const { requiredScopes = [] } = bearer ?? {};
  if (requiredScopes.length === 0) return [];
  return [
    {
      text: `required_scopes: ${requiredScopes.join(', ')}`,
      refuses: 'scope_missing',
      holds({ principal }) {
        const scopes = scopesOf(principal);
        return scopes === undefined || requiredScopes.every((scope) => scopes.includes(scope));
      },
    },
  ];
}

// Undefined for whom no scope limits: a person in a browser, and who has not shown anything.
function scopesOf(principal: Principal): readonly string[] | undefined {
  return principal.kind === 'visitor' ? undefined : principal.scopes;
}

function listRule(
  option: string,
  allowed: readonly string[],
  grants: Reason,
  entriesOf: (principal: Principal) => readonly string[],
): Rule | undefined {
  if (allowed.length === 0) return undefined;
  const text = `${option}: ${allowed.join(', ')}`;
  const reads = ['principal'] as const;
  // `*` means everybody only where it stands alone; beside other entries it is an entry like any other. Everybody is every
  // person: nobody who wrote it before there were machines meant them.
  if (allowed.length === 1 && allowed[0] === '*') {
    return rule({ text, reads, grants: 'signed_in', holds: ({ principal }) => principal.kind === 'person' });
  }
  const wanted = new Set(allowed);
  const holds = ({ principal }: { principal: Principal }) =>
    entriesOf(principal).some((entry) => wanted.has(entry));
  return rule({ text, reads, grants, holds });
}

function ofPerson(entriesOf: (person: Person) => readonly string[]) {
  return (principal: Principal) => (principal.kind === 'person' ? entriesOf(principal) : []);
}

function domainsOf({ email }: Person): readonly string[] {
  const domain = domainOf(email);
  return domain === undefined ? [] : [domain];
}
