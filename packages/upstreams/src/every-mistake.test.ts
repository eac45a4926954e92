import { describe, expect, test } from '@jest/globals';
import { noDefaultRules, withOptions } from '@latchkey/testing';
import { load, placesOf } from '../test-support/load.ts';

/** No environment that would let somebody in. */
const bare = { defaults: noDefaultRules };

describe('five mistakes are five diagnostics of one run', () => {
  test.each<[what: string, text: string, places: string[]]>([
    [
      "in one section's options",
      withOptions(
        'allowed_groups: [eng, ""]',
        'timeout: 30',
        'tls_skip_verify: "true"',
        'skip_auth_regex: ["^/ok$", "^/(?!x)", "("]',
        'header_overrides: {"X A": b, Host: c, X-B: [d]}',
      ),
      [
        'LK208 6:29',
        'LK207 7:16',
        'LK206 8:24',
        'LK213 9:34',
        'LK213 9:45',
        'LK212 10:26',
        'LK212 10:36',
        'LK205 10:50',
      ],
    ],
    [
      'in one service',
      `- service: wiki
  note: to be removed
  allowed_groups: [eng]
  default:
    from: wiki example
    to: ftp://wiki
    type: simple
    options: {timeout: 1d}
  staging:
    options: [eng]
`,
      ['LK211 2:3', 'LK210 3:3', 'LK305 5:11', 'LK306 6:9', 'LK207 8:24', 'LK203 10:14'],
    ],
    [
      'across services: a bad option beside a duplicate host, a missing from, an unknown type, a missing rule',
      `- service: a
  default: {from: one.example.com, to: a, options: {allowed_groups: [g], timeout: 5}}
- service: b
  default: {from: ONE.example.com, to: b, options: {allowed_groups: [g], preserve_host: maybe}}
- service: c
  default: {to: c, options: {allowed_groups: [g]}}
- service: d
  default: {from: d.example.com, to: d, type: static, options: {allowed_groups: [g]}}
- service: e
  default: {from: e.example.com, to: e}
- 5
`,
      ['LK207 2:83', 'LK309 4:19', 'LK206 4:89', 'LK302 5:3', 'LK304 8:47', 'LK310 10:19', 'LK203 11:3'],
    ],
    [
      'in extra routes',
      `- service: a
  default:
    from: a.example.com
    to: http://a
    options: {allowed_groups: [g]}
    extra_routes:
      - {from: "b c", to: ftp://b}
      - {from: a.example.com, options: {timeout: 5, reset_deadline: x}}
      - {to: http://c}
      - nothing
`,
      ['LK305 7:16', 'LK306 7:27', 'LK309 8:9', 'LK207 8:50', 'LK207 8:69', 'LK309 9:9', 'LK203 10:9'],
    ],
    [
      'of what stands beside and above the services',
      `defaults: {timeout: 5, allowed_groups: eng}
services:
  - title: No name
    hidden: "yes"
    default: {from: "a b", to: http://a}
  - service: [two, names]
    icon: {}
    default: {from: b.example.com, to: "b#c"}
`,
      [
        'LK207 1:21',
        'LK204 1:40',
        'LK209 3:5',
        'LK206 4:13',
        'LK305 5:21',
        'LK205 6:14',
        'LK205 7:11',
        'LK306 8:40',
      ],
    ],
    [
      'of rewrites, the pattern and the template each by itself',
      `- service: a
  default: {type: rewrite, from: '^(?!x)(.*)$', to: 'ftp://$1', options: {allowed_groups: [g]}}
- service: b
  default: {type: rewrite, from: '^(.*)[.]b[.]com$', to: 'http://$2.b:x', options: {allowed_groups: [g]}}
- service: c
  default: {type: rewrite, from: '^(.*)[.]b[.]com$', to: 'http://$1', options: {allowed_groups: [g]}}
`,
      ['LK307 2:34', 'LK306 2:53', 'LK308 4:58', 'LK306 4:58', 'LK309 6:34'],
    ],
    [
      'beside variables without a value',
      `- service: "{{name}}"
  default:
    from: wiki.{{domain}}
    to: ftp://wiki
    options: {timeout: 5, allowed_groups: [g, "{{more}}"], header_overrides: {"X-{{a}}": b, Host: c}}
- {service: b, default: {from: b.example.com, to: b, options: {"{{option}}": x, timeout: 6}}}
`,
      [
        'LK106 1:13',
        'LK106 3:16',
        'LK306 4:9',
        'LK207 5:24',
        'LK106 5:48',
        'LK106 5:82',
        'LK212 5:93',
        'LK106 6:65',
        'LK207 6:90',
      ],
    ],
    [
      'of a service without its dash',
      `service: a\ndefault: {from: "a b", to: ftp://a, options: {timeout: 5, allowed_groups: [g]}}\n`,
      ['LK201 1:1', 'LK305 2:17', 'LK306 2:28', 'LK207 2:56'],
    ],
  ])('%s', (_, text, places) => {
    const result = load(text, bare);
    expect(placesOf(result)).toEqual(places);
    expect(result.table).toBeUndefined();
  });
});

describe('what only follows from a mistake is not reported', () => {
  const simple = 'from: a.example.com, to: http://a';
  const rule = 'allowed_groups: [g]';

  test.each<[what: string, text: string, places: string[]]>([
    [
      'no rule, where a list of rules is bad',
      `- {service: a, default: {${simple}, options: {allowed_groups: g}}}`,
      ['LK204 1:87'],
    ],
    [
      'no rule, where the only entry is bad',
      `- {service: a, default: {${simple}, options: {allowed_email_domains: [""]}}}`,
      ['LK208 1:95'],
    ],
    ['no rule, where options are bad', `- {service: a, default: {${simple}, options: x}}`, ['LK203 1:70']],
    [
      'no rule, where the options of the cluster are bad',
      `- {service: a, default: {${simple}}, prod: {options: 5}}`,
      ['LK203 1:78'],
    ],
    [
      'no rule, where the common options are bad',
      `defaults: [x]\nservices: [{service: a, default: {${simple}}}]`,
      ['LK203 1:11'],
    ],
    ['no rule, where it is misplaced', `- service: a\n  ${rule}\n  default: {${simple}}\n`, ['LK210 2:3']],
    [
      'no rule, where options are misplaced',
      `- service: a\n  options: {${rule}}\n  default: {${simple}}\n`,
      ['LK210 2:3'],
    ],
    [
      'no from, no to and no rule, where the section is bad',
      '- {service: a, default: nothing}',
      ['LK211 1:16'],
    ],
    [
      'no section, where it is misplaced altogether',
      `- service: a\n  from: a.example.com\n  to: http://a\n`,
      ['LK210 2:3', 'LK210 3:3'],
    ],
    ['no section, where the service has no name', '- {title: x}', ['LK209 1:3']],
    [
      'no from, where it is bad, and none of an extra route with one of its own',
      `- {service: a, default: {from: [x], to: a, options: {${rule}}, extra_routes: [{from: b.example.com}]}}`,
      ['LK205 1:32'],
    ],
    [
      'the lacks of a service at its extra route',
      `- {service: a, default: {from: a.example.com, extra_routes: [{from: b.example.com}]}}`,
      ['LK303 1:4', 'LK310 1:32'],
    ],
    [
      'a missing to, where the type is unknown and might be a launcher',
      `- {service: a, default: {from: a.example.com, type: lanucher, options: {${rule}}}}`,
      ['LK304 1:53'],
    ],
    [
      'a bad from, where the type is unknown and it might be a pattern',
      `- {service: a, default: {from: "^(.*)$", to: a, type: rewirte, options: {${rule}}}}`,
      ['LK304 1:55'],
    ],
    [
      'a bad from, where the type is no text',
      `- {service: a, default: {from: "^(.*)$", to: $1, type: [rewrite], options: {${rule}}}}`,
      ['LK205 1:56'],
    ],
    [
      'a duplicate host, where one of the two cannot be read',
      `- {service: a, default: {from: "x y", to: a, options: {${rule}}}}\n- {service: b, default: {from: "x y", to: b, options: {${rule}}}}`,
      ['LK305 1:32', 'LK305 2:32'],
    ],
    [
      'a wildcard beside others, where the other one is bad',
      `- {service: a, default: {${simple}, options: {allowed_groups: ["*", ""]}}}`,
      ['LK208 1:93'],
    ],
    [
      'an unknown cluster, where its section may be in what is bad',
      `- {service: a, default: {${simple}, options: {${rule}}}, dev: {}}\n- [prod]`,
      ['LK203 2:3'],
    ],
    [
      'a bad extra route of default, which that of the cluster may replace',
      `- {service: a, default: {${simple}, options: {${rule}}, extra_routes: [{from: "b c"}]}, prod: 5}`,
      ['LK211 1:125'],
    ],
    [
      'broken YAML, where a variable without a value may stand for several lines',
      `- service: a\n  default:\n    from: a.example.com\n    {{options}}\n    to: http://a\n`,
      ['LK106 4:5'],
    ],
    [
      'anything below a key without a value',
      `- service: a\n  "{{section}}": {from: 5}\n- {service: b, default: {"{{key}}": x, to: b}}\n`,
      ['LK106 2:4', 'LK106 3:27'],
    ],
  ])('%s', (_, text, places) => {
    const result = load(text, bare);
    expect(placesOf(result)).toEqual(places);
    expect(result.table).toBeUndefined();
  });

  test('and each is reported once, however often an alias repeats it', () => {
    const text = `x-options: &options {timeout: 5, allowed_groups: [g, ""]}
services:
  - {service: a, default: {from: a.example.com, to: a, options: *options}}
  - {service: b, default: {from: b.example.com, to: b, options: {<<: *options, preserve_host: 1}}}
`;
    expect(placesOf(load(text, bare))).toEqual(['LK207 1:31', 'LK208 1:54', 'LK206 4:95']);
  });
});
