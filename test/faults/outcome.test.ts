import { describe, expect, test } from '@jest/globals';
import type { Hop } from '@latchkey/testing/browser';
import { endOf } from './outcome.ts';
import { table } from './table.ts';

const expected = { email: 'a@example.com', mark: '1', sent: '' };
const received = { email: 'a@example.com', asserted: 'a@example.com', mark: '1', sent: '' };

function answer(part: Partial<Hop>): Hop {
  return { url: '', status: 200, headers: {}, location: undefined, setCookies: [], body: '', ...part };
}

describe('an answer is', () => {
  test.each([
    ['ok', { body: JSON.stringify(received) }],
    ['somebody else', { body: JSON.stringify({ ...received, email: 'b@example.com' }) }],
    ['somebody else', { body: JSON.stringify({ ...received, asserted: 'b@example.com' }) }],
    ['somebody else', { body: JSON.stringify({ ...received, email: undefined }) }],
    ['garbled', { body: JSON.stringify({ ...received, mark: '2' }) }],
    ['garbled', { body: '{"email"' }],
    ['signed out', { status: 401 }],
    ['signed out', { status: 302, location: 'http://sso.latchkey.localhost/corp/sign_in?x' }],
    ['status 302', { status: 302, location: 'http://elsewhere.example/' }],
    ['status 503', { status: 503 }],
  ] as const)('%s', (outcome, part) => {
    expect(endOf(answer(part), expected)).toEqual({ outcome });
  });

  test.each([
    ['in flight', '127.0.0.1:10001 0.000'],
    ['refused', '127.0.0.1:10001 -'],
  ])('%s on a task, where the balancer says so', (outcome, lost) => {
    expect(endOf(answer({ status: 502, headers: { 'x-lost': lost } }), expected)).toEqual({
      outcome,
      port: 10_001,
    });
  });
});

test('a table has a column for each title, and a dash for nothing', () => {
  const row = { fault: 'killed', requests: 3, failures: { refused: 2 }, signIns: {}, again: 0, wrong: [] };
  expect(table([{ ...row, slowestMs: 120, recoveredMs: 2_000 }])).toBe(
    [
      'fault   requests  failures   sign-ins  again  slowest  recovered',
      'killed  3         2 refused  -         -      0.1 s    2.0 s',
      '',
    ].join('\n'),
  );
});
