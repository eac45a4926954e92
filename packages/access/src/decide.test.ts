import { describe, expect, test } from '@jest/globals';
import type { AccessRules, Route } from '@latchkey/upstreams';
import { decide, explain } from './decide.ts';
import type { Person, Subject } from './subject.ts';
import { reasons } from './reasons.ts';
import type { NobodyReason } from './reasons.ts';
import type { Question } from './rules.ts';

function route(rules: Partial<AccessRules>, options: Partial<Route> = {}): Route {
  return {
    id: 'wiki',
    service: 'wiki',
    from: 'wiki.example.com',
    kind: 'simple',
    rules: { groups: [], emailDomains: [], emailAddresses: [], ...rules },
    publicPaths: [],
    skipAuthPreflight: false,
    passAccessToken: false,
    allowRootServiceWorker: false,
    providerSlug: 'google',
    injectRequestHeaders: [],
    headerOverrides: [],
    timeoutMs: 1_000,
    resetDeadlineMs: 1_000,
    keepAliveMs: 1_000,
    preserveHost: false,
    preserveLocation: false,
    tlsSkipVerify: false,
    skipRequestSigning: false,
    position: { line: 1, column: 1 },
    ...options,
  };
}

const publicPath = (prefix: string) => ({
  source: `^${prefix}`,
  matches: (path: string) => path.startsWith(prefix),
});

const ada: Person = { kind: 'person', email: 'ada@example.com', groups: ['staff', 'makers'] };
const groupless: Person = { ...ada, groups: [] };
const unknownGroups: Person = { ...ada, groups: undefined };
const stranger: Subject = { kind: 'nobody', why: 'no_session' };
const closed: Question = { path: undefined, preflight: false };

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
    expect(decide(ada, route(rules), closed)).toMatchObject({ allow, reason });
  });
});

describe('any one rule suffices', () => {
  const others = { groups: ['admins'], emailDomains: ['example.org'], emailAddresses: ['bob@example.com'] };

  test.each([
    ['the group', { ...others, groups: ['staff'] }, 'allowed_group'],
    ['the domain', { ...others, emailDomains: ['example.com'] }, 'allowed_email_domain'],
    ['the address', { ...others, emailAddresses: ['ada@example.com'] }, 'allowed_email_address'],
  ])('%s, although the other two do not hold', (_, rules, reason) => {
    expect(decide(ada, route(rules), closed)).toMatchObject({ allow: true, reason });
  });

  test('none is none', () => {
    expect(decide(ada, route(others), closed)).toMatchObject({ allow: false, reason: 'no_rule_matches' });
  });

  test('a domain suffices where the groups cannot be known', () => {
    const rules = { groups: ['staff'], emailDomains: ['example.com'] };

    expect(decide(unknownGroups, route(rules), closed)).toMatchObject({ allow: true });
  });
});

describe('a star', () => {
  test.each([['groups'], ['emailDomains'], ['emailAddresses']] as const)(
    'alone in %s is anyone signed in',
    (list) => {
      const open = route({ [list]: ['*'] });

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

      expect(decide(ada, route(rules), closed)).toMatchObject({ allow: false, reason: 'no_rule_matches' });
    },
  );

  test('twice is no star either', () => {
    expect(decide(ada, route({ emailDomains: ['*', '*'] }), closed)).toMatchObject({ allow: false });
  });

  test('in one list opens, whatever the other lists say', () => {
    const rules = { groups: ['admins'], emailDomains: ['*'] };

    expect(decide(ada, route(rules), closed)).toMatchObject({ allow: true, reason: 'signed_in' });
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

    expect(decide({ ...ada, email }, route(rules), closed).allow).toBe(false);
  });
});

describe('groups that cannot be known', () => {
  test('are those that nobody has been asked about yet', () => {
    const asked = { ...ada, groups: ['staff'], askedGroups: ['staff', 'board'] };

    expect(decide(asked, route({ groups: ['admins'] }), closed).reason).toBe('groups_unknown');
    expect(decide(asked, route({ groups: ['board'] }), closed).reason).toBe('no_rule_matches');
    expect(decide(asked, route({ groups: ['admins', 'staff'] }), closed).allow).toBe(true);
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
    expect(decide(unknownGroups, route(rules), closed)).toMatchObject({ allow: false, reason });
  });

  test('are not the same as none', () => {
    expect(decide(groupless, route({ groups: ['staff'] }), closed).reason).toBe('no_rule_matches');
  });
});

describe('nobody', () => {
  const whys = Object.keys(reasons).filter(
    (reason): reason is NobodyReason => reason === 'no_session' || reason.startsWith('session_'),
  );

  test.each(whys)('is refused with %s, whatever the rules', (why) => {
    for (const rules of [{}, { groups: ['*'] }, { groups: ['staff'] }, { emailDomains: ['example.com'] }]) {
      expect(decide({ kind: 'nobody', why }, route(rules), closed)).toMatchObject({
        allow: false,
        reason: why,
      });
    }
  });
});

describe('a public path', () => {
  const open = route({ groups: ['admins'] }, { publicPaths: [publicPath('/public/'), publicPath('/ping')] });

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
    const decision = decide(stranger, route({ groups: ['staff'] }, { publicPaths: [everything] }), closed);

    expect(decision).toMatchObject({ allow: false, reason: 'no_session' });
  });
});

describe('a preflight', () => {
  test.each([
    ['passes where the route lets it', true, true, true],
    ['does not pass elsewhere', false, true, false],
    ['is not what another request is', true, false, false],
  ])('%s', (_, skipAuthPreflight, preflight, allow) => {
    const decision = decide(stranger, route({}, { skipAuthPreflight }), { path: '/', preflight });

    expect(decision).toMatchObject({ allow, reason: allow ? 'preflight' : 'no_session' });
  });

  test('passes on a path that has two readings: it is the method that counts', () => {
    const decision = decide(stranger, route({}, { skipAuthPreflight: true }), {
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
    expect(decide(ada, route(rules), closed).rule).toBe('allowed_groups: admins, staff');
  });

  test('is all that could have held, and not which paths are public', () => {
    const shut = route(rules, { publicPaths: [publicPath('/public/')], skipAuthPreflight: true });

    expect(decide(groupless, shut, closed).rule).toBe(
      'allowed_groups: admins, staff; allowed_email_domains: example.org; allowed_email_addresses: bob@example.com',
    );
  });

  test('is none where there is none', () => {
    expect(decide(ada, route({}), closed).rule).toBeUndefined();
  });

  test('belongs to the very route that was asked about', () => {
    const asked = route(rules);

    expect(decide(ada, asked, closed).route).toBe(asked);
  });
});

describe('an explanation', () => {
  const asked = route(
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
  ])('says what became of each rule: %s', (_, subject, question, outcomes) => {
    const explanation = explain(subject, asked, question);

    expect(explanation.outcomes).toEqual(
      texts.map((rule, at) => ({ rule, about: at < 2 ? 'request' : 'person', outcome: outcomes[at] })),
    );
    expect(explanation.decision).toEqual(decide(subject, asked, question));
  });

  test('of a route without rules has nothing to say', () => {
    expect(explain(ada, route({}), closed).outcomes).toEqual([]);
  });
});

test('every reason has a sentence', () => {
  for (const sentence of Object.values(reasons)) expect(sentence).toMatch(/^[A-Z].*\.$/);
});
