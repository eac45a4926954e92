import { describe, expect, test } from '@jest/globals';
import { admitAccount } from './account.ts';

const company = { emailDomains: ['company.com'], emailAddresses: [] };
const verified = (email: string | undefined) => ({ email, emailVerified: true });

describe('an account', () => {
  test.each([
    { email: 'ada@company.com', rules: company },
    { email: 'Ada@Company.COM', rules: company },
    { email: 'ada@elsewhere.test', rules: { emailDomains: ['*'], emailAddresses: [] } },
    { email: 'ada@elsewhere.test', rules: { emailDomains: [], emailAddresses: ['*'] } },
    { email: 'ada@elsewhere.test', rules: { emailDomains: [], emailAddresses: ['ada@elsewhere.test'] } },
    {
      email: 'ada@elsewhere.test',
      rules: { emailDomains: ['company.com'], emailAddresses: ['ada@elsewhere.test'] },
    },
  ])('with the address $email may sign in under $rules', ({ email, rules }) => {
    expect(admitAccount(verified(email), rules)).toEqual({ admitted: true, email: email.toLowerCase() });
  });

  test.each([
    { email: 'ada@elsewhere.test', rules: company },
    { email: 'ada@sub.company.com', rules: company },
    { email: 'ada@evilcompany.com', rules: company },
    { email: 'ada@company.com', rules: { emailDomains: [], emailAddresses: [] } },
    { email: 'ada@company.com', rules: { emailDomains: ['*', 'other.com'], emailAddresses: [] } },
    { email: 'attacker@evil.com@company.com', rules: company },
    { email: '@company.com', rules: company },
    { email: 'ada@', rules: { emailDomains: ['*'], emailAddresses: [] } },
    { email: 'ada', rules: { emailDomains: ['*'], emailAddresses: [] } },
    { email: '', rules: { emailDomains: ['*'], emailAddresses: [] } },
    { email: 'a da@company.com', rules: company },
    { email: 'ada@company.com\n', rules: company },
    { email: 'ada\u0000@company.com', rules: company },
    // U+212A is a k in lower case.
    { email: 'ada@boo\u212A.com', rules: { emailDomains: ['book.com'], emailAddresses: [] } },
  ])('with the address $email may not sign in under $rules', ({ email, rules }) => {
    expect(admitAccount(verified(email), rules)).toMatchObject({ code: 'account_refused' });
  });

  test.each([
    [`${'a'.repeat(250)}@b.de`, '254'],
    ['jörg@company.com', 'ASCII'],
    ['ada@boo\u212A.com', 'ASCII'],
    ['attacker@evil.com@company.com', 'one @'],
    ['a da@company.com', 'blanks'],
  ])('with the address %s is answered with what is the matter with it, and not what it is', (email, says) => {
    const { flaw } = { flaw: undefined, ...admitAccount(verified(email), company) };
    expect(flaw).toContain(says);
    expect(flaw).not.toContain(email);
  });

  test('may not sign in without a verified address', () => {
    const anybody = { emailDomains: ['*'], emailAddresses: [] };
    const unverified = { email: 'ada@company.com', emailVerified: false };
    expect(admitAccount(unverified, anybody)).toEqual({
      admitted: false,
      code: 'email_unverified',
      email: 'ada@company.com',
    });
    expect(admitAccount(verified(undefined), anybody)).toEqual({ admitted: false, code: 'email_unverified' });
  });
});
