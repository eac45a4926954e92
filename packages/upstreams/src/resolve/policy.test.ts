import { describe, expect, test } from '@jest/globals';
import { noDefaultRules, withOptions } from '@latchkey/testing';
import { load, placesOf } from '../../test-support/load.ts';

/** No environment that would let somebody in. */
const bare = { defaults: noDefaultRules };

/** A file with one service, and these lines in front of it. */
function guarded(...lines: string[]): string {
  const service = '  - {service: a, default: {from: a.example.com, to: a, options: {allowed_groups: [g]}}}';
  return [...lines, 'services:', service, ''].join('\n');
}

describe('a mistake in a policy', () => {
  test.each<[what: string, text: string, places: string[]]>([
    [
      'is reported for each rule that is not whole',
      withOptions(
        'allowed_groups: [eng]',
        'policy:',
        '- {deny_if: "true == true"}',
        '- {name: both, deny_if: user.idp == "x", allow_if: user.idp == "y"}',
        '- {name: neither}',
        '- {name: a b, deny_if: user.idp == "x"}',
        '- {name: twice, deny_if: user.idp == "x"}',
        '- {name: twice, deny_if: user.idp == "x"}',
        '- {name: status, deny_if: user.idp == "x", status: 500}',
        '- {name: answers, allow_if: user.idp == "x", status: 404}',
        '- {name: list, deny_if: [x]}',
        '- 5',
      ),
      [
        'LK401 3:11',
        'LK330 8:9',
        'LK330 9:9',
        'LK330 10:9',
        'LK335 11:16',
        'LK335 13:16',
        'LK336 14:58',
        'LK336 15:60',
        'LK205 16:31',
        'LK203 17:9',
      ],
    ],
    [
      'has its place inside the expression, however that is written',
      guarded(
        'policy:',
        '  - name: plain',
        '    deny_if: user.emial == "x"',
        '  - name: single',
        `    deny_if: '"it''s" == user.emial'`,
        '  - name: double',
        String.raw`    deny_if: "\"a\tb\" == user.emial"`,
        '  - name: literal',
        '    deny_if: |',
        '      user.email == "x" ||',
        '',
        '        user.emial == "x"',
        '  - name: folded',
        '    deny_if: >-',
        '      user.email == "x" ||',
        '      user.emial == "x"',
        '  - name: lines',
        '    deny_if: user.email == "x" ||',
        '      user.emial == "x"',
      ),
      ['LK332 3:19', 'LK332 5:31', 'LK332 7:32', 'LK332 12:14', 'LK332 16:12', 'LK332 19:12'],
    ],
    [
      'has a code of its own for each kind',
      guarded(
        'networks: {office: [10.0.0.0/8], Bad: [10.0.0.1], wrong: [10.0.0.0/33], none: 5}',
        'policy:',
        '  - {name: a, deny_if: user.email = "x"}',
        '  - {name: b, deny_if: user.email == 1}',
        `  - {name: c, deny_if: '${'('.repeat(20)}'}`,
        '  - {name: d, deny_if: user.email.matches("(")}',
      ),
      ['LK340 1:34', 'LK340 1:59', 'LK340 1:79', 'LK331 3:35', 'LK333 4:35', 'LK334 5:41', 'LK337 6:43'],
    ],
    [
      'is reported for a network that there is not',
      guarded(
        'networks: {office: [10.0.0.0/8]}',
        'policy:',
        '  - {name: a, deny_if: request.address in networks.ofice}',
      ),
      ['LK332 3:52'],
    ],
  ])('%s', (_, text, places) => {
    const result = load(text, bare);
    expect(placesOf(result)).toEqual(places);
    expect(result.table).toBeUndefined();
  });

  test('and what is odd, though it may be meant, is a warning', () => {
    const text = guarded(
      'policy:',
      '  - {name: a, deny_if: user.domain == "@example.com"}',
      '  - {name: b, deny_if: "true"}',
      '  - {name: c, deny_if: "false"}',
      '  - {name: d, deny_if: \'has(request.path) && request.path == "/admin"\'}',
    );
    const result = load(text, bare);

    expect(placesOf(result)).toEqual(['LK338 2:39', 'LK339 3:24', 'LK339 4:24', 'LK341 5:37']);
    expect(result.table).toBeDefined();
  });

  test('of a file whose expressions are too long together ends their reading', () => {
    const rules = Array.from(
      { length: 51 },
      (_, at) => `  - {name: r${at}, deny_if: user.email == "${at}${'a'.repeat(900)}"}`,
    );
    const services = Array.from(
      { length: 4 },
      (_, at) =>
        `  - {service: s${at}, default: {from: s${at}.example.com, to: x, options: {allowed_groups: [g], policy: [${rules
          .slice(0, 30)
          .map((line) => line.replace('  - ', '').replace('== "', `== "${at}`))
          .join(', ')}]}}}`,
    );
    const result = load(['policy:', ...rules, 'services:', ...services, ''].join('\n'), bare);

    expect(new Set(placesOf(result).map((place) => place.slice(0, 5)))).toEqual(new Set(['LK334']));
  });
});

test('a rule that lets in is enough for a route, and beside a list it is one more way in', () => {
  const lets = '{name: own, allow_if: user.domain == "example.com"}';

  expect(placesOf(load(withOptions(`policy: [${lets}]`), bare))).toEqual([]);
  expect(placesOf(load(withOptions(`policy: [${lets}]`, 'allowed_groups: [g]'), bare))).toEqual([
    'LK401 3:11',
  ]);
});
