import { describe, expect, test } from '@jest/globals';
import { noDefaultRules, withOptions } from '@latchkey/testing';
import { load, placesOf, routeOf } from '../../test-support/load.ts';

const bare = { defaults: noDefaultRules };

describe('who may pass', () => {
  test('a route without a rule, and without a default, keeps the whole file from being used', () => {
    const result = load(withOptions('timeout: 5s'), bare);
    expect(placesOf(result)).toEqual(['LK310 3:11']);
    expect(result.diagnostics[0]?.message).toContain(
      'missing setting: ALLOWED_EMAIL_DOMAINS, ALLOWED_EMAIL_ADDRESSES, ALLOWED_GROUPS default in environment or override in upstream config',
    );
    expect(result.table).toBeUndefined();
  });

  test('domains and addresses are compared in lower case, groups as they are', () => {
    const text = withOptions(
      'allowed_groups: [Eng]',
      'allowed_email_domains: [Example.COM]',
      'allowed_email_addresses: [Ann@Example.com]',
    );
    expect(routeOf(text, bare).rules).toEqual({
      groups: ['Eng'],
      emailDomains: ['example.com'],
      emailAddresses: ['ann@example.com'],
    });
  });

  test('rules of one kind are nothing to warn of', () => {
    expect(placesOf(load(withOptions('allowed_groups: ["*"]'), bare))).toEqual([]);
  });

  test('rules of more than one kind are a warning that names them', () => {
    const { diagnostics } = load(withOptions('allowed_groups: [eng]'), {
      defaults: { ...noDefaultRules, emailDomains: ['example.com'] },
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'LK401',
        severity: 'warning',
        message:
          '`allowed_groups` and UPSTREAM_DEFAULT_EMAIL_DOMAINS each give access on their own: keep only the kind of rule that is required',
      },
    ]);
  });

  test.each([
    ['a wildcard beside others', 'allowed_groups: ["*", eng]', 'LK402 6:24'],
    ['a group with a comma', 'allowed_groups: ["a,b"]', 'LK406 6:24'],
    ['a group with a control character', 'allowed_groups: ["a\\tb"]', 'LK406 6:24'],
    ['a domain with its @', 'allowed_email_domains: ["@example.com"]', 'LK403 6:31'],
    ['a domain with a wildcard', 'allowed_email_domains: ["*.example.com"]', 'LK403 6:31'],
    ['an address without @', 'allowed_email_addresses: [ann]', 'LK403 6:33'],
  ])('%s is a warning', (_, option, place) => {
    const result = load(withOptions(option), bare);
    expect(placesOf(result)).toEqual([place]);
    expect(result.table).toBeDefined();
  });
});
