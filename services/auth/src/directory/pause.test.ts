import { beforeEach, describe, expect, test } from '@jest/globals';
import { createPause, retryAfterMs } from './pause.ts';
import type { Pause } from './pause.ts';

const clock = { now: 0 };
let pause: Pause;
let begun: { detail: string; seconds: number }[];
beforeEach(() => {
  clock.now = 1_000_000;
  begun = [];
  pause = createPause(
    () => clock.now,
    (about) => begun.push(about),
  );
});

function isOn(): boolean {
  try {
    pause.check();
    return false;
  } catch {
    return true;
  }
}

describe('a pause', () => {
  test('begins with the third failure in a row, and ends by itself', () => {
    for (const on of [false, false, true]) {
      pause.failed({ detail: 'silence', begin: false });
      expect(isOn()).toBe(on);
    }
    clock.now += 10_000;
    expect(isOn()).toBe(false);
    expect(begun).toEqual([{ detail: 'silence', seconds: 10 }]);
  });

  test('does not begin while answers come in between', () => {
    for (let times = 0; times < 9; times++) {
      pause.failed({ detail: 'one bad group', begin: false });
      pause.failed({ detail: 'one bad group', begin: false });
      pause.answered();
    }
    expect(isOn()).toBe(false);
  });

  test.each([
    ['as long as asked for', 30_000, 30],
    ['never for ever', 86_400_000, 300],
    ['never for no time at all', 0, 1],
    ['ten seconds where nothing is asked for', undefined, 10],
  ])('lasts %s', (_, askedForMs, seconds) => {
    pause.failed({ detail: 'too much', begin: true, askedForMs });
    clock.now += seconds * 1000 - 1;
    expect(isOn()).toBe(true);
    clock.now += 1;
    expect(isOn()).toBe(false);
  });

  test('is not cut short by a later failure, and is logged once', () => {
    pause.failed({ detail: 'too much', begin: true, askedForMs: 60_000 });
    pause.failed({ detail: 'silence', begin: true });
    clock.now += 59_000;
    expect(isOn()).toBe(true);
    expect(begun).toHaveLength(1);
  });
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['12', 12_000],
  ['Thu, 01 Jan 1970 00:16:50 GMT', 10_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
])('Retry-After %j is %j milliseconds from now', (value, milliseconds) => {
  expect(retryAfterMs(value, 1_000_000)).toBe(milliseconds);
});
