import { expect, test } from '@jest/globals';
import type { ProxyEvent } from './events.ts';
import { withGraceAlarm } from './grace-alarm.ts';

const grace: ProxyEvent = { kind: 'grace', detail: 'away' };
const answered: ProxyEvent = { kind: 'question', outcome: 'active', ms: 1 };
const unanswered: ProxyEvent = { kind: 'question', outcome: 'unanswered', ms: 5_000 };

function alarm() {
  const emitted: ProxyEvent[] = [];
  let time = 0;
  const emit = withGraceAlarm(
    (event) => void emitted.push(event),
    () => time,
  );
  return {
    at: (seconds: number, ...events: ProxyEvent[]) => {
      time = seconds * 1000;
      events.forEach(emit);
    },
    moments: () => emitted.filter(({ kind }) => kind === 'grace_began' || kind === 'grace_over'),
    emitted,
  };
}

test('grace begins with the first session that needs it, and is over when auth answers and none does any more', () => {
  const { at, moments } = alarm();
  at(0, answered);
  at(10, unanswered, grace);
  at(11, unanswered, grace, grace);
  at(20, unanswered, grace);
  at(80, answered, answered);
  expect(moments()).toEqual([
    { kind: 'grace_began', detail: 'away' },
    { kind: 'grace_over', ms: 70_000 },
  ]);
});

test('an auth that answers now and then is one alarm', () => {
  const { at, moments } = alarm();
  for (let second = 0; second < 100; second += 1) at(second, unanswered, grace, answered);
  expect(moments()).toEqual([{ kind: 'grace_began', detail: 'away' }]);
});

test('a second time is a second alarm', () => {
  const { at, moments } = alarm();
  at(0, grace);
  at(60, answered);
  at(61, grace);
  expect(moments().map(({ kind }) => kind)).toEqual(['grace_began', 'grace_over', 'grace_began']);
});

test('everything that was emitted is emitted on', () => {
  const { at, emitted } = alarm();
  at(0, answered, unanswered, grace);
  expect(emitted).toEqual([answered, unanswered, grace, { kind: 'grace_began', detail: 'away' }]);
});
