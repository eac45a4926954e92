import { describe, expect, test } from '@jest/globals';
import { aPerson } from '@latchkey/testing';
import { decide, decideFor, decideForAnyone, traceRules } from './decide.ts';
import { compilePolicy } from './policy.ts';
import { noFacts } from './facts.ts';
import type { Facts } from './facts.ts';
import type { AccessRules, Policy, PolicyOptions, Rule } from './policy.ts';
import type { Machine, Person, Principal, Visitor } from './principal.ts';
import { reasons } from './reasons.ts';
import type { VisitorReason } from './reasons.ts';

function policy(rules: Partial<AccessRules>, options: Partial<PolicyOptions> = {}): Policy {
  return compilePolicy({
    rules: { groups: [], emailDomains: [], emailAddresses: [], ...rules },
    publicPaths: [],
    skipAuthPreflight: false,
    ...options,
  });
}

const publicPath = (prefix: string) => ({
  source: `^${prefix}`,
  matches: (path: string) => path.startsWith(prefix),
});

const ada = aPerson({ groups: ['staff', 'makers'] });
const groupless: Person = { ...ada, groups: [] };
const unknownGroups: Person = { ...ada, groups: undefined };
const stranger: Visitor = { kind: 'visitor', why: 'no_session' };
const closed: Facts = noFacts;

describe('each kind of rule, alone', () => {
  test.each([
    ['a group of the person', { groups: ['staff'] }, true, 'allowed_group'],
    ['one of several groups', { groups: ['admins', 'makers'] }, true, 'allowed_group'],
    ['a group of others', { groups: ['admins'] }, false, 'no_rule_matches'],
    ['a group in another letter case', { groups: ['Staff'] }, false, 'no_rule_matches'],
    ['a group that only starts alike', { groups: ['staff@example.com'] }, false, 'no_rule_matches'],
    ['the domain of the person', { emailDomains: ['example.com'] }, true, 'allowed_email_domain'],
    ['another domain', { emailDomains: ['example.org'] }, false, 'no_rule_matches'],
    ['the domain above', { emailDomains: ['com'] }, false, 'no_rule_matches'],
    ['a domain below', { emailDomains: ['sub.example.com'] }, false, 'no_rule_matches'],
    ['a domain that ends alike', { emailDomains: ['ample.com'] }, false, 'no_rule_matches'],
    ['the address of the person', { emailAddresses: ['ada@example.com'] }, true, 'allowed_email_address'],
    ['another address', { emailAddresses: ['bob@example.com'] }, false, 'no_rule_matches'],
    ['an address that ends alike', { emailAddresses: ['da@example.com'] }, false, 'no_rule_matches'],
    ['an address as a domain', { emailDomains: ['ada@example.com'] }, false, 'no_rule_matches'],
    ['an address as a group', { groups: ['ada@example.com'] }, false, 'no_rule_matches'],
    ['no rule at all', {}, false, 'no_rule_matches'],
  ])('%s', (_, rules, allow, reason) => {
    expect(decide(ada, policy(rules), closed)).toMatchObject({ allow, reason });
  });
});

describe('any one rule suffices', () => {
  const others = { groups: ['admins'], emailDomains: ['example.org'], emailAddresses: ['bob@example.com'] };

  test.each([
    ['the group', { ...others, groups: ['staff'] }, 'allowed_group'],
    ['the domain', { ...others, emailDomains: ['example.com'] }, 'allowed_email_domain'],
    ['the address', { ...others, emailAddresses: ['ada@example.com'] }, 'allowed_email_address'],
  ])('%s, although the other two do not hold', (_, rules, reason) => {
    expect(decide(ada, policy(rules), closed)).toMatchObject({ allow: true, reason });
  });

  test('none is none', () => {
    expect(decide(ada, policy(others), closed)).toMatchObject({ allow: false, reason: 'no_rule_matches' });
  });

  test('a domain suffices where the groups cannot be known', () => {
    const rules = { groups: ['staff'], emailDomains: ['example.com'] };

    expect(decide(unknownGroups, policy(rules), closed)).toMatchObject({ allow: true });
  });
});

describe('a star', () => {
  test.each([['groups'], ['emailDomains'], ['emailAddresses']] as const)(
    'alone in %s is anyone signed in',
    (list) => {
      const open = policy({ [list]: ['*'] });

      for (const person of [ada, groupless, unknownGroups]) {
        expect(decide(person, open, closed)).toMatchObject({ allow: true, reason: 'signed_in' });
      }
      expect(decide(stranger, open, closed)).toMatchObject({ allow: false, reason: 'no_session' });
    },
  );

  test.each([['groups'], ['emailDomains'], ['emailAddresses']] as const)(
    'beside others in %s is no star',
    (list) => {
      const rules = { [list]: ['*', 'somebody.else'] };

      expect(decide(ada, policy(rules), closed)).toMatchObject({ allow: false, reason: 'no_rule_matches' });
    },
  );

  test('twice is no star either', () => {
    expect(decide(ada, policy({ emailDomains: ['*', '*'] }), closed)).toMatchObject({ allow: false });
  });

  test('in one list opens, whatever the other lists say', () => {
    const rules = { groups: ['admins'], emailDomains: ['*'] };

    expect(decide(ada, policy(rules), closed)).toMatchObject({ allow: true, reason: 'signed_in' });
  });
});

describe('an e-mail address of doubtful shape', () => {
  test.each([
    ['attacker@evil.example@example.com'],
    ['@example.com'],
    ['example.com'],
    ['ADA@EXAMPLE.COM'],
    ['ada@example.com '],
    ['ada@example.com.'],
  ])('%j has no allowed domain', (email) => {
    const rules = { emailDomains: ['example.com'], emailAddresses: ['ada@example.com'] };

    expect(decide({ ...ada, email }, policy(rules), closed).allow).toBe(false);
  });
});

describe('groups that cannot be known', () => {
  test('are those that nobody has been asked about yet', () => {
    const asked = { ...ada, groups: ['staff'], askedGroups: ['staff', 'board'] };

    expect(decide(asked, policy({ groups: ['admins'] }), closed).reason).toBe('groups_unknown');
    expect(decide(asked, policy({ groups: ['board'] }), closed).reason).toBe('no_rule_matches');
    expect(decide(asked, policy({ groups: ['admins', 'staff'] }), closed).allow).toBe(true);
  });

  test.each([
    ['are the reason where a rule asks for them', { groups: ['staff'] }, 'groups_unknown'],
    [
      'are the reason where no other rule holds',
      { groups: ['staff'], emailDomains: ['example.org'] },
      'groups_unknown',
    ],
    ['do not matter where no rule asks for them', { emailDomains: ['example.org'] }, 'no_rule_matches'],
  ])('%s', (_, rules, reason) => {
    expect(decide(unknownGroups, policy(rules), closed)).toMatchObject({ allow: false, reason });
  });

  test('do not matter where all that is missing is a star beside others, which is no group', () => {
    const asked = { ...ada, groups: [], askedGroups: ['board'] };

    expect(decide(asked, policy({ groups: ['*', 'board'] }), closed).reason).toBe('no_rule_matches');
  });

  test('are not the same as none', () => {
    expect(decide(groupless, policy({ groups: ['staff'] }), closed).reason).toBe('no_rule_matches');
  });
});

describe('a visitor', () => {
  const whys = Object.keys(reasons).filter(
    (reason): reason is VisitorReason => reason === 'no_session' || reason.startsWith('session_'),
  );

  test.each(whys)('is refused with %s, whatever the rules', (why) => {
    for (const rules of [{}, { groups: ['*'] }, { groups: ['staff'] }, { emailDomains: ['example.com'] }]) {
      expect(decide({ kind: 'visitor', why }, policy(rules), closed)).toMatchObject({
        allow: false,
        reason: why,
      });
    }
  });
});

describe('a public path', () => {
  const open = policy({ groups: ['admins'] }, { publicPaths: [publicPath('/public/'), publicPath('/ping')] });

  test.each([
    ['/public/logo.png', true],
    ['/ping', true],
    ['/', false],
    ['/x/public/', false],
    [undefined, false],
  ])('%p', (path, allow) => {
    expect(decide(stranger, open, { path, preflight: false }).allow).toBe(allow);
  });

  test('lets a person pass as well, for the same reason', () => {
    const decision = decide(ada, open, { path: '/ping', preflight: false });

    expect(decision).toMatchObject({ allow: true, reason: 'public_path', rule: 'skip_auth_regex: ^/ping' });
  });

  test('is never one that has two readings, even where everything is public', () => {
    const everything = { source: '', matches: () => true };
    const decision = decide(stranger, policy({ groups: ['staff'] }, { publicPaths: [everything] }), closed);

    expect(decision).toMatchObject({ allow: false, reason: 'no_session' });
  });
});

describe('a preflight', () => {
  test.each([
    ['passes where the route lets it', true, true, true],
    ['does not pass elsewhere', false, true, false],
    ['is not what another request is', true, false, false],
  ])('%s', (_, skipAuthPreflight, preflight, allow) => {
    const decision = decide(stranger, policy({}, { skipAuthPreflight }), { path: '/', preflight });

    expect(decision).toMatchObject({ allow, reason: allow ? 'preflight' : 'no_session' });
  });

  test('passes on a path that has two readings: it is the method that counts', () => {
    const decision = decide(stranger, policy({}, { skipAuthPreflight: true }), {
      path: undefined,
      preflight: true,
    });

    expect(decision.allow).toBe(true);
  });
});

describe('the rule that a decision names', () => {
  const rules = {
    groups: ['admins', 'staff'],
    emailDomains: ['example.org'],
    emailAddresses: ['bob@example.com'],
  };

  test('is the one that held', () => {
    expect(decide(ada, policy(rules), closed).rule).toBe('allowed_groups: admins, staff');
  });

  test('is all that could have held, and not which paths are public', () => {
    const shut = policy(rules, { publicPaths: [publicPath('/public/')], skipAuthPreflight: true });

    expect(decide(groupless, shut, closed).rule).toBe(
      'allowed_groups: admins, staff; allowed_email_domains: example.org; allowed_email_addresses: bob@example.com',
    );
  });

  test('is none where there is none', () => {
    expect(decide(ada, policy({}), closed).rule).toBeUndefined();
  });
});

describe('an explanation', () => {
  const asked = policy(
    { groups: ['staff'], emailDomains: ['example.com'], emailAddresses: ['bob@example.com'] },
    { publicPaths: [publicPath('/public/')], skipAuthPreflight: true },
  );
  const texts = [
    'skip_auth_preflight: true',
    'skip_auth_regex: ^/public/',
    'allowed_groups: staff',
    'allowed_email_domains: example.com',
    'allowed_email_addresses: bob@example.com',
  ];

  test.each([
    ['a preflight', stranger, { path: '/', preflight: true }, ['hit', ...Array(4).fill('not reached')]],
    [
      'a public path',
      stranger,
      { path: '/public/x', preflight: false },
      ['miss', 'hit', ...Array(3).fill('not reached')],
    ],
    ['a group', ada, closed, ['miss', 'miss', 'hit', 'not reached', 'not reached']],
    ['a domain', groupless, closed, ['miss', 'miss', 'miss', 'hit', 'not reached']],
    [
      'an address',
      { ...groupless, email: 'bob@example.com' },
      closed,
      ['miss', 'miss', 'miss', 'hit', 'not reached'],
    ],
    ['nothing', stranger, closed, Array(5).fill('miss')],
  ])('says what became of each rule: %s', (_, principal, facts, outcomes) => {
    const about = ['request', 'request', 'principal', 'principal', 'principal'];

    expect(traceRules(principal, asked, facts)).toEqual(
      texts.map((rule, at) => ({ rule, about: about[at], outcome: outcomes[at] })),
    );
    expect(decide(principal, asked, facts).allow).toBe(outcomes.includes('hit'));
  });

  test('of a route without rules has nothing to say', () => {
    expect(traceRules(ada, policy({}), closed)).toEqual([]);
  });
});

describe('a machine', () => {
  const machine: Machine = { kind: 'machine', name: 'deploy', groups: ['builders'], scopes: [] };

  test.each([
    ['passes where a group of its own is named', { groups: ['builders'] }, true],
    ['does not pass where another is', { groups: ['staff'] }, false],
    ['is nobody who is signed in: a star is not for it', { groups: ['*'] }, false],
    ['has no e-mail domain', { emailDomains: ['*'] }, false],
    ['is no address, whatever it is called', { emailAddresses: ['deploy'] }, false],
  ])('%s', (_, rules, allow) => {
    const reason = allow ? 'allowed_group' : 'no_rule_matches';

    expect(decide(machine, policy(rules), closed)).toMatchObject({ allow, reason });
  });

  test('passes what is for anyone', () => {
    const open = policy({}, { publicPaths: [publicPath('/public/')] });

    expect(decide(machine, open, { path: '/public/x', preflight: false }).reason).toBe('public_path');
  });
});

const isPath: Rule['holds'] = ({ path }) => path === '/a';

describe('a decision', () => {
  const asked = policy({ groups: ['staff'] }, { publicPaths: [publicPath('/')] });

  test('is made once for a principal, where no rule about them reads the request', () => {
    const first = decideFor(ada, asked, { path: '/a', preflight: false });

    expect(first.allow).toBe(true);
    expect(decideFor(ada, asked, { path: '/b', preflight: false })).toBe(first);
    expect(decideFor(ada, policy({ groups: ['admins'] }), noFacts).allow).toBe(false);
    expect(decideFor({ ...ada, groups: [] }, asked, noFacts).allow).toBe(false);
  });

  test('never rests on what is for anyone: it would open everything else', () => {
    expect(decide(groupless, asked, { path: '/', preflight: true }).allow).toBe(true);
    expect(decideFor(groupless, asked, { path: '/', preflight: true }).allow).toBe(false);
  });

  test('is made for each request where a rule about principals reads it', () => {
    const [rule] = asked.forPrincipals;
    if (rule === undefined) throw new Error('it names a group');
    const reading = { ...asked, forPrincipals: [{ ...rule, holds: isPath }], readsRequest: true };
    const about = (path: string) => decideFor(ada, reading, { path, preflight: false }).allow;

    expect([about('/a'), about('/b')]).toEqual([true, false]);
  });

  test('has two halves: for anyone, and for who it is', () => {
    const facts = { path: '/x', preflight: false };

    expect(decideForAnyone(asked, facts)).toMatchObject({ allow: true, reason: 'public_path' });
    expect(decideForAnyone(asked, noFacts)).toBeUndefined();
    expect(decideFor(stranger, asked, facts)).toMatchObject({ allow: false, reason: 'no_session' });
  });
});

test('every reason has a sentence', () => {
  for (const sentence of Object.values(reasons)) expect(sentence).toMatch(/^[A-Z].*\.$/);
});

describe('what a route says of tokens', () => {
  const lists = {
    requiredScopes: ['read'],
    scopes: ['write'],
    subjects: ['ci'],
    clients: ['https://a.example#app'],
  };
  const policy = compilePolicy({
    rules: { groups: [], emailDomains: ['example.com'], emailAddresses: [] },
    publicPaths: [],
    skipAuthPreflight: false,
    bearer: lists,
  });
  const caller = {
    kind: 'machine',
    name: 'x',
    groups: [],
    scopes: ['read'],
    issuer: 'https://a.example',
  } as const;
  const ann = { kind: 'person', email: 'ann@example.com', groups: [] } as const;

  test.each<[string, Principal, string]>([
    ['a scope lets in', { ...caller, scopes: ['read', 'write'] }, 'allowed_scope'],
    ['a subject lets in', { ...caller, subject: 'ci' }, 'allowed_subject'],
    ['a client of the issuer that is named lets in', { ...caller, client: 'app' }, 'allowed_client'],
    ['that of another does not', { ...caller, client: 'app', issuer: 'https://b.example' }, 'scope_missing'],
    ['none of them does', caller, 'scope_missing'],
    ['a scope alone does not, where another is asked for', { ...caller, scopes: ['write'] }, 'scope_missing'],
    ['scopes are compared exactly', { ...caller, scopes: ['read', 'Write', 'writer'] }, 'scope_missing'],
    ['a person in a browser needs no scope', ann, 'allowed_email_domain'],
    ['a person who calls through a program does', { ...ann, scopes: ['write'] }, 'scope_missing'],
    ['and passes with it', { ...ann, scopes: ['read'] }, 'allowed_email_domain'],
    [
      'a name of a person is no subject of a machine',
      { ...ann, email: 'ci', scopes: ['read'] },
      'scope_missing',
    ],
  ])('%s', (_, principal, reason) => {
    expect(decide(principal, policy, noFacts).reason).toBe(reason);
  });

  function outcomes(principal: Principal) {
    return traceRules(principal, policy, noFacts).map(({ outcome }) => outcome);
  }

  test('is traced in its place: what has to hold comes before what lets in', () => {
    expect(outcomes({ ...caller, scopes: ['read', 'write'] })).toEqual([
      'hit',
      'miss',
      'hit',
      'not reached',
      'not reached',
    ]);
    expect(outcomes({ ...caller, scopes: [] })).toEqual([
      'miss',
      'not reached',
      'not reached',
      'not reached',
      'not reached',
    ]);
  });
});

describe('a token of a person', () => {
  const bearer = { requiredScopes: [], scopes: ['deploy'], subjects: ['7'], clients: ['cli'] };
  const shown: Person = { ...ada, scopes: ['deploy'], client: 'cli', issuer: 'https://sso.example.com' };

  test('lets them in by no scope and by no program: they choose both themselves', () => {
    expect(decide(shown, policy({ groups: ['admins'] }, { bearer }), closed).allow).toBe(false);
  });

  test('takes nothing from what lets them in', () => {
    expect(decide(shown, policy({ groups: ['staff'] }, { bearer }), closed)).toMatchObject({
      reason: 'allowed_group',
    });
  });
});
