import { expect, test } from '@jest/globals';
import { createRecentEnds } from './recent-ends.ts';
import type { Ended } from './revocations.ts';

let now = 1_000;
const most = 10;
const recentEnds = (kept?: number) => createRecentEnds({ now: () => now }, kept);

function end(sid: string): Ended {
  return { account: 'one', sid, signedInAt: 0, at: 0, until: 0 };
}

const sidsOf = ({ ends }: { ends: readonly Ended[] }) => ends.map(({ sid }) => sid);

test('who heard of one hears of those after it, and who heard of none of all', () => {
  const recent = recentEnds();
  for (const sid of ['a', 'b', 'c']) recent.add(end(sid));
  const first = recent.after(undefined, 2);
  const next = recent.after(first.id, most);

  expect([sidsOf(first), sidsOf(next), sidsOf(recent.after(next.id, most))]).toEqual([['a', 'b'], ['c'], []]);
});

test('another task that reads the same log goes on where one has left off, though it is behind', () => {
  const [one, other] = [recentEnds(), recentEnds()];
  for (const [at, sid] of ['a', 'b'].entries()) one.add(end(sid), `5000-${at}`);
  other.add(end('a'), '5000-0');
  const { id } = one.after(undefined, most);
  expect(sidsOf(other.after(id, most))).toEqual([]);
  other.add(end('b'), '5000-1');
  other.add(end('c'), '5001-0');

  expect(sidsOf(other.after(id, most))).toEqual(['c']);
});

test('a clock that is set back changes no order', () => {
  const recent = recentEnds();
  recent.add(end('a'));
  const { id } = recent.after(undefined, most);
  now -= 500;
  recent.add(end('b'));

  expect(sidsOf(recent.after(id, most))).toEqual(['b']);
});

test('a place that is ahead of all is not given back: after that there would never be anything', () => {
  const recent = recentEnds();
  recent.add(end('a'), '5000-0');

  expect(recent.after('9000-0', most)).toEqual({ ends: [] });
});

test.each(['', 'x', '5000', '5000-', '-1-0', '99999999999999999999-0', '5000-0 '])(
  'who asks after %j has heard of none',
  (id) => {
    const recent = recentEnds();
    recent.add(end('a'), '5000-0');

    expect(sidsOf(recent.after(id, most))).toEqual(['a']);
  },
);

test('the last ones are kept, and as many at least as were asked for', () => {
  const recent = recentEnds(3);
  for (let made = 0; made < 100; made++) recent.add(end(String(made)));
  const kept = sidsOf(recent.after(undefined, 100));

  expect(kept.slice(-3)).toEqual(['97', '98', '99']);
  expect(kept.length).toBeLessThan(6);
});

test('what is published again after it was forgotten is heard once by who heard of it before', () => {
  const recent = recentEnds();
  recent.add(end('a'), '5000-0');
  const { id } = recent.after(undefined, most);
  recent.clear();
  recent.add(end('a'), '5000-0');
  recent.add(end('b'), '5000-1');

  expect(sidsOf(recent.after(id, most))).toEqual(['b']);
});
