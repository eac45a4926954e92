// Somebody who may create groups at the provider names one `staff,admins`. In `X-Forwarded-Groups`, a list with commas
// between its entries, it reads as two, and the application takes its members for admins.
import { describe, expect, test } from '@jest/globals';
import { identityHeaders } from '@latchkey/identity';
import { loadUpstreams } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';

const groupsHeader = (groups: string[]) =>
  identityHeaders({ user: 'ada', email: 'ada@example.com', groups }).find(
    ([name]) => name === 'X-Forwarded-Groups',
  )?.[1];

describe('an application', () => {
  test.each([
    ['staff,admins'],
    [',admins'],
    ['admins,'],
    ['ad\nmins'],
    ['ad\u0000mins'],
    ['admins\t'],
    ['\u0085admins'],
    [' admins'],
    ['admins\u00a0'],
    [''],
  ])('does not receive a group called %j, and receives the others', (group) => {
    expect(groupsHeader(['staff', group, 'makers'])).toBe('staff,makers');
  });

  test.each([['ad mins'], ['CN=admins;OU=x'], ['日本'], ['admins@example.com']])('receives %j', (group) => {
    expect(Buffer.from(groupsHeader([group]) ?? '', 'latin1').toString()).toBe(group);
  });
});

test('such a group in the file is an error at its line', () => {
  const { table, diagnostics } = loadUpstreams({
    file: 'upstreams.yml',
    text: `- service: a
  default:
    from: a.example.com
    to: http://a
    options:
      allowed_groups:
        - staff
        - 'staff,admins'
`,
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
  expect(table?.groups).toEqual(['staff', 'staff,admins']);
  expect(diagnostics).toMatchObject([{ code: 'LK406', severity: 'warning', line: 8, column: 11 }]);
});
