import { expect, test } from '@jest/globals';
import { createQuestionLimit } from './question-limit.ts';

function aLimit() {
  let now = 0;
  const { begin } = createQuestionLimit(() => now);
  return {
    begin,
    pass: (ms: number) => void (now += ms),
    ask(client: string, verdict: 'worth it' | 'in vain' | 'unanswered'): boolean {
      const question = begin(client);
      question?.judge(verdict);
      question?.end();
      return question !== undefined;
    },
  };
}

test('an address of which twenty were in vain asks no more for a minute, and others do', () => {
  const limit = aLimit();
  const asked = Array.from({ length: 25 }, () => limit.ask('192.0.2.1', 'in vain'));
  expect(asked.filter(Boolean)).toHaveLength(20);
  expect(limit.ask('192.0.2.2', 'worth it')).toBe(true);
  limit.pass(59_999);
  expect(limit.ask('192.0.2.1', 'in vain')).toBe(false);
  limit.pass(1);
  expect(limit.ask('192.0.2.1', 'in vain')).toBe(true);
});

test('an address whose questions get no answer asks no more either, and one that is known goes on', () => {
  const limit = aLimit();
  limit.ask('192.0.2.2', 'worth it');
  const asked = (client: string) => Array.from({ length: 25 }, () => limit.ask(client, 'unanswered'));
  expect(asked('192.0.2.1').filter(Boolean)).toHaveLength(20);
  expect(asked('192.0.2.2').filter(Boolean)).toHaveLength(25);
});

test('a site that is given many IPv6 addresses is one', () => {
  const limit = aLimit();
  const asked = Array.from({ length: 25 }, (_, at) => limit.ask(`2001:db8::${at + 1}`, 'in vain'));
  expect(asked.filter(Boolean)).toHaveLength(20);
});

test('after three hundred in vain of many addresses, only those ask whose last one was worth it', () => {
  const limit = aLimit();
  limit.ask('198.51.100.1', 'worth it');
  const asked = Array.from({ length: 400 }, (_, at) => limit.ask(`10.0.${at >> 8}.${at & 255}`, 'in vain'));
  expect(asked.filter(Boolean)).toHaveLength(300);
  expect(limit.ask('198.51.100.2', 'worth it')).toBe(false);
  expect(limit.ask('198.51.100.1', 'in vain')).toBe(true);
  expect(limit.ask('198.51.100.1', 'worth it')).toBe(false);
  limit.pass(60_000);
  expect(limit.ask('198.51.100.2', 'worth it')).toBe(true);
});

test('sixteen are asked at once, eight of one address', () => {
  const { begin } = aLimit();
  const ofOne = Array.from({ length: 10 }, () => begin('192.0.2.1')).filter((one) => one !== undefined);
  expect(ofOne).toHaveLength(8);
  const others = Array.from({ length: 10 }, (_, at) => begin(`192.0.2.${at + 2}`));
  expect(others.filter((one) => one !== undefined)).toHaveLength(8);
  ofOne[0]?.end();
  expect(begin('192.0.2.1')).toBeDefined();
  expect(begin('192.0.2.99')).toBeUndefined();
});
