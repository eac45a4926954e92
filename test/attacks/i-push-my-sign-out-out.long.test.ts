import { describe, expect, test } from '@jest/globals';
import { signedIn, signOut } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

// Somebody who has signed out keeps a copy of the cookie and makes auth forget the sign-out: by signing in and out until there
// is no more room. What is remembered is bounded by account, so all that they can fill is what is theirs. What is
// true of an account that has filled it is shown beside the store.
let clock = 0;
const the = useStack({ now: () => Date.now() + clock });

describe('an account that signs in and out, over and over', () => {
  test('has no copy of a cookie that is good again, and ends nobody else', async () => {
    const somebody = await the.signedIn('finance@example.com');
    const copies: string[] = [];
    for (let round = 0; round < 5; round++) {
      const browser = await signedIn(the.stack);
      copies.push(await browser.jar.getCookieString(the.stack.url('hello')));
      await signOut(browser, the.stack);
      await browser.close();
      clock += 1_000;
    }
    clock += 120_000;
    const client = the.browser();
    const answers = await Promise.all(
      copies.map((cookie) => client.fetch(the.stack.url('hello'), { headers: { cookie } })),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect((await somebody.fetch(the.stack.url('hello'))).status).toBe(200);
  });
});
