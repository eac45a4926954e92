import { expect, test } from '@jest/globals';
import { clockFrom } from '@latchkey/http';
import { createRevocations } from './revocations.ts';

const few = 5_000;
const times = 16;

// Milliseconds of this thread, for the same ends again in the same order, as a log tells them.
function readingAgain(count: number): number {
  const revocations = createRevocations(clockFrom());
  const read = () => {
    for (let at = 0; at < count; at++) {
      revocations.add({ account: `${at}`, sid: 'a', signedInAt: 0, at: 0, until: Date.now() + 3_600_000 });
    }
  };
  read();
  const before = process.threadCpuUsage();
  read();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

test('sixteen times as many sign-outs take sixteen times as long to read again, and not a hundred times', () => {
  readingAgain(few);
  expect(readingAgain(few * times)).toBeLessThan(Math.max(10, readingAgain(few)) * times * 2.5);
});
