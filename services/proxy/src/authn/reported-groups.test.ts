import { expect, test } from '@jest/globals';
import { groupsReportedSince, mergeReported } from './reported-groups.ts';

const asked = { groups: ['one', 'two', 'three'] };

test('what auth cannot say of a group this time leaves what it said before, which grows old', () => {
  const first = mergeReported(new Map(), asked, { active: true, groups: ['one', 'two'] }, 100);
  const second = mergeReported(first, asked, { active: true, groups: [], unknown_groups: ['two'] }, 200);
  expect(groupsReportedSince(second, 0)).toEqual({ groups: ['two'], askedGroups: ['one', 'two', 'three'] });
  expect(groupsReportedSince(second, 100)).toEqual({ groups: [], askedGroups: ['one', 'three'] });
});

test('a group of which nothing was ever said is none that was named', () => {
  const merged = mergeReported(
    new Map(),
    asked,
    { active: true, groups: ['one'], unknown_groups: ['two'] },
    100,
  );
  expect(groupsReportedSince(merged, 0)).toEqual({ groups: ['one'], askedGroups: ['one', 'three'] });
});

test('a group that no route names any more is forgotten', () => {
  const merged = mergeReported(
    new Map([['old', { isMember: true, at: 0 }]]),
    asked,
    { active: true, groups: [] },
    1,
  );
  expect(merged.has('old')).toBe(false);
});
