import { describe, expect, test } from '@jest/globals';
import { useStack } from '../fixtures/use-stack.ts';

// One cookie is written in many ways that a lenient reader takes for the same: blanks inside the MAC, padding behind it,
// the unused bits of its last character. Each is a cache entry of its own and a question to auth, and together they push
// everybody else's session out. That a seal has one spelling is a property of its own; here nothing else counts as one.
const the = useStack();

function spellings(cookie: string): string[] {
  const macAt = cookie.lastIndexOf('*') + 1;
  const last = cookie.charAt(cookie.length - 1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const next = alphabet.charAt(alphabet.indexOf(last) + 1);
  const blanks = Array.from({ length: 90 }, (_, at) => {
    const place = macAt + 1 + (at % 40);
    return `${cookie.slice(0, place)}${' '.repeat(1 + Math.floor(at / 40))}${cookie.slice(place)}`;
  });
  return [...blanks, `${cookie}=`, `${cookie}==`, cookie.slice(0, -1) + next, `${cookie}~`, `${cookie}~2`];
}

const questions = () => the.stack.log.filter(({ path }) => path === '/oauth2/introspect').length;

describe('spellings of one cookie', () => {
  test('are no sessions, and cost auth no question', async () => {
    const browser = await the.signedIn();
    const cookie = browser.cookie(the.stack.url('hello'), '_sso_proxy') ?? '';
    const other = the.browser();
    const ask = async (value: string) =>
      other.fetch(the.stack.url('hello'), { headers: { cookie: `_sso_proxy=${value}` } });
    expect((await ask(cookie)).status).toBe(200);
    const before = questions();
    const statuses = new Set<number>();
    for (const spelling of spellings(cookie)) statuses.add((await ask(spelling)).status);

    expect([...statuses]).toEqual([401]);
    expect((await ask(cookie)).status).toBe(200);
    expect(questions()).toBe(before);
  });
});
