import { describe, expect, test } from '@jest/globals';
import { loadUpstreams } from '../load.ts';
import type { RouteTable } from '../types.ts';
import { lostAtOnce } from './loss.ts';
import { noDefaultRules } from '@latchkey/testing';

function tableOf(...hosts: string[]): RouteTable {
  const services = hosts.map(
    (from, at) =>
      `- {service: s${at}, default: {from: '${from}', to: app.test, type: ${from.startsWith('^') ? 'rewrite' : 'simple'}, options: {allowed_groups: [g]}}}`,
  );
  const { table, diagnostics } = loadUpstreams({
    file: 'a.yml',
    text: services.join('\n'),
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
  if (table === undefined) throw new Error(JSON.stringify(diagnostics));
  return table;
}

describe('lost at once', () => {
  test.each([
    ['the only route is renamed', ['a.test'], ['b.test'], '1 of 1 routes would be removed: a.test'],
    ['all are removed', ['a.test', 'b.test'], [], '2 of 2 routes would be removed: a.test, b.test'],
    [
      'a pattern is another',
      ['^(a|b)[.]test$'],
      ['^a[.]test$'],
      '1 of 1 routes would be removed: ^(a|b)[.]test$',
    ],
    ['a port is removed', ['a.test:8443'], ['b.test'], '1 of 1 routes would be removed: a.test:8443'],
  ])('too much, where %s', (_, before, after, said) => {
    expect(lostAtOnce(tableOf(...before), tableOf(...after))).toBe(said);
  });

  test.each([
    ['half are removed', ['a.test', 'b.test'], ['a.test']],
    ['a pattern answers for the hosts', ['a.test', 'b.test'], ['^(a|b)[.]test$']],
    ['there was nothing', [], []],
    ['many are new', ['a.test'], ['a.test', 'b.test', 'c.test']],
  ])('nothing, where %s', (_, before, after) => {
    expect(lostAtOnce(tableOf(...before), tableOf(...after))).toBeUndefined();
  });

  test('ten are named, the others counted', () => {
    const hosts = Array.from({ length: 12 }, (_, at) => `h${at}.test`);
    expect(lostAtOnce(tableOf(...hosts), tableOf())).toMatch(/: h0\.test, .*h9\.test and 2 more$/);
  });
});
