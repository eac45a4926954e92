import { describe, expect, test } from '@jest/globals';
import { accountPage } from './account.ts';
import { agoOf, dateOf } from './times.ts';

const now = Date.parse('2026-11-26T17:00:00Z');
const here = {
  handle: 'handle-of-this',
  browser: 'Firefox on Windows',
  address: '192.0.2.1',
  signedInAt: now - 3_600_000,
  seenAt: now,
  isHere: true,
};
const there = { ...here, handle: 'handle-of-that', browser: undefined, address: undefined, isHere: false };
const input = {
  email: 'ann@example.com',
  provider: 'Google',
  sessions: [here, there],
  programs: [],
  endProgramAction: '/account/end_program',
  endOneAction: '/account/sign_out',
  endAllAction: '/account/sign_out_everywhere',
  signOutHref: '/google/sign_out',
  now,
};

describe('the page of sessions', () => {
  test('has a button for each session but this one, which a screen reader can tell apart', () => {
    const { body } = accountPage(input);
    expect(body).not.toContain('handle-of-this');
    expect(body).toContain('name="session" value="handle-of-that"');
    expect(body).toContain('aria-label="Sign out this one: Unknown browser, last used a few minutes ago"');
    expect(body.match(/This browser/g)).toHaveLength(1);
    expect(body).toContain('26 November 2026 at 16:00 UTC');
  });

  test('shows the programs that act for a person, each with a button, and says nothing of them where there are none', () => {
    expect(accountPage(input).body).not.toContain('act for you');
    const program = {
      handle: 'handle-of-program',
      name: 'agent.example.net <b>',
      application: 'wiki.example.com',
      scopes: ['read', 'write'],
      since: now - 3_600_000,
      seenAt: now - 7_200_000,
    };
    const { body } = accountPage({ ...input, programs: [program] });
    expect(body).toContain('name="program" value="handle-of-program"');
    expect(body).toContain('agent.example.net &lt;b&gt;');
    expect(body).toContain('wiki.example.com: read, write');
    expect(body).toContain('2 hours ago');
  });

  test('runs no script, and posts to its own origin only', () => {
    const { body, headers } = accountPage(input);
    expect(body).not.toContain('<script');
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/,
    );
    // Under `no-referrer` browsers send `Origin: null` with our own forms.
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  test('shows what a provider calls people as text', () => {
    const { body } = accountPage({
      ...input,
      email: '<b>@example.com',
      sessions: [{ ...here, browser: '"><i>' }],
    });
    expect(body).not.toMatch(/<i>|<b>@/);
  });
});

test.each([
  [0, 'a few minutes ago'],
  [11 * 60_000, '11 minutes ago'],
  [2 * 3_600_000, '2 hours ago'],
  [49 * 3_600_000, '2 days ago'],
  [-60_000, 'a few minutes ago'],
])('%d ms is %s', (passed, words) => {
  expect(agoOf(now - passed, now)).toBe(words);
});

test('a moment is shown with its time zone', () => {
  expect(dateOf(Date.parse('2026-01-02T03:04:05Z'))).toBe('2 January 2026 at 03:04 UTC');
});
