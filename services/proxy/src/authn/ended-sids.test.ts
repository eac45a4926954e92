import { expect, test } from '@jest/globals';
import { createEndedSids } from './ended-sids.ts';

let elapsed = 0;
const endedSids = (kept?: number) =>
  createEndedSids({ keepMs: 1_000, elapsed: () => elapsed, ...(kept !== undefined && { kept }) });

test('an end counts for what was known until then, and for as long as a copy may claim grace', () => {
  elapsed = 100;
  const ended = endedSids();
  ended.add('one');
  expect([ended.since('one', 100), ended.since('one', 101), ended.since('two', 100)]).toEqual([
    true,
    false,
    false,
  ]);
  elapsed = 1_101;
  expect([ended.since('one', 100), ended.forgottenAt()]).toEqual([false, -Infinity]);
});

test('an end that there is no room for any more says when it was', () => {
  const ended = endedSids(2);
  for (const sid of ['one', 'two', 'three']) {
    elapsed += 1;
    ended.add(sid);
  }
  expect([ended.since('one', 0), ended.since('three', 0), ended.forgottenAt()]).toEqual([
    false,
    true,
    elapsed - 2,
  ]);
});
