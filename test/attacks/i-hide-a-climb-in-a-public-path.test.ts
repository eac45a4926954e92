// A public rule is asked about a path whose dots have something invisible between or behind them, or are dots and slashes
// by another name. To the rule that is a name; an application that drops or folds such characters climbs out of what is public.
import { expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack();

test.each([
  ['a zero width space', '/public/..%E2%80%8B/payroll'],
  ['a soft hyphen', '/public/.%C2%AD./payroll'],
  ['NEXT LINE', '/public/..%C2%85/payroll'],
  ['a variation selector', '/public/..%EF%B8%8F/payroll'],
  ['a Hangul filler', '/public/..%E1%85%9F/payroll'],
  ['a tag', '/public/..%F3%A0%80%A0/payroll'],
  ['a private character', '/public/..%EE%80%80/payroll'],
  ['a line separator', '/public/..%E2%80%A8/payroll'],
  ['a no-break space', '/public/..%C2%A0/payroll'],
  ['ideographic full stops', '/public/%E3%80%82%E3%80%82/payroll'],
  ['halfwidth ideographic full stops', '/public/%EF%BD%A1%EF%BD%A1/payroll'],
  ['one dot leaders', '/public/%E2%80%A4%E2%80%A4/payroll'],
  ['a fraction slash', '/public/..%E2%81%84payroll'],
  ['a big solidus', '/public/..%E2%A7%B8payroll'],
  ['a yen sign', '/public/..%C2%A5payroll'],
])('with %s it is not public', async (_, target) => {
  const head = `GET ${target} HTTP/1.1\nHost: hello.latchkey.localhost\nConnection: close\n\n`;
  expect((await sendRaw(the.stack.ports.proxy, head)).status).toBe(401);
  expect(the.stack.app.received).toEqual([]);
});
