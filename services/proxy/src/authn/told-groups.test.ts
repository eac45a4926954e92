import { expect, test } from '@jest/globals';
import { groupsTold, toldSince } from './told-groups.ts';

const asked = { groups: ['one', 'two', 'three'] };

test('what auth cannot say of a group this time leaves what it said before, which grows old', () => {
  const first = toldSince(new Map(), asked, { active: true, groups: ['one', 'two'] }, 100);
  const second = toldSince(first, asked, { active: true, groups: [], unknown_groups: ['two'] }, 200);
  expect(groupsTold(second, 0)).toEqual({ groups: ['two'], askedGroups: ['one', 'two', 'three'] });
  expect(groupsTold(second, 100)).toEqual({ groups: [], askedGroups: ['one', 'three'] });
});

test('a group of which nothing was ever said is none that was told of', () => {
  const told = toldSince(new Map(), asked, { active: true, groups: ['one'], unknown_groups: ['two'] }, 100);
  expect(groupsTold(told, 0)).toEqual({ groups: ['one'], askedGroups: ['one', 'three'] });
});

test('a group that no route names any more is forgotten', () => {
  const told = toldSince(
    new Map([['old', { isMember: true, at: 0 }]]),
    asked,
    { active: true, groups: [] },
    1,
  );
  expect(told.has('old')).toBe(false);
});
