// Jörg's provider vouches for an address with an umlaut. Auth refused it without a reason on page or log, and `latchkey
// explain` said that a list did not hold its domain, which it did.
import { expect, test } from '@jest/globals';
import { pressAccount } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();
const email = 'jörg@example.com';

test('page and log say that no rule admits such an address, and why', async () => {
  const account = the.stack.idp.accounts.find((one) => one.email === 'finance@example.com');
  if (account === undefined) throw new Error('the provider does not know them');
  const before = account.email;
  account.email = email;
  try {
    const browser = the.browser();
    const page = await pressAccount(browser, await browser.visit(the.stack.url('hello')), email);
    expect([page.status, page.body]).toEqual([403, expect.stringContaining('letters outside ASCII')]);
    expect(the.stack.log).toContainEqual(
      expect.objectContaining({ error: 'account_refused', detail: expect.stringContaining('outside ASCII') }),
    );
  } finally {
    account.email = before;
  }
});
