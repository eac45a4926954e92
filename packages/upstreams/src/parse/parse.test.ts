import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { load, placesOf, routeOf, tableOf } from '../../test-support/load.ts';

describe('template variables', () => {
  const text = '- service: wiki\n  default:\n    from: wiki.{{root_domain}}\n    to: http://{{ backend}}\n';

  test('{{name}} is replaced by its value before the YAML is read', () => {
    const file = '- service: wiki\n  {{section}}:\n    from: wiki.{{root}}\n    to: "{{to}}"\n';
    const route = routeOf(file, {
      templateVariables: { section: 'default', root: 'example.com', to: 'http://wiki.internal' },
    });
    expect(route).toMatchObject({ from: 'wiki.example.com', to: 'http://wiki.internal' });
  });

  test('every placeholder without a value is an error at its place, also one with spaces inside', () => {
    expect(placesOf(load(text))).toEqual(['LK106 3:16', 'LK106 4:16']);
  });

  test('a name in the wrong case or with spaces is reported with how it is written', () => {
    const { diagnostics } = load(text, { templateVariables: { root_domain: 'x.com', backend: 'b' } });
    expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([
      '{{ backend}} has no value: write {{backend}}',
    ]);
  });

  test('a name that every object has is not a variable', () => {
    expect(placesOf(load('- service: "{{constructor}}"\n'))).toEqual(['LK106 1:13']);
  });

  test('a placeholder in a comment needs no value', () => {
    expect(placesOf(load(`# {{later}}\n${withOptions()} # {{later}}\n`))).toEqual([]);
  });

  test('a value is not looked through for further placeholders', () => {
    const file = withOptions('inject_request_headers: {X-A: "{{a}}"}');
    const route = routeOf(file, { templateVariables: { a: '{{b}}', b: 'c' } });
    expect(route.injectRequestHeaders).toEqual([['X-A', '{{b}}']]);
  });

  test('positions are those of the file, however many lines a value has', () => {
    const file = `# {{one_line}}\n${withOptions('inject_request_headers: {X-A: {{list}}}', 'timeout: 5')}`;
    const templateVariables = { one_line: 'x', list: "'\n        a\n\n        b'" };
    expect(placesOf(load(file, { templateVariables }))).toEqual(['LK212 7:37', 'LK207 8:16']);
  });

  test('values that make the file too large are refused while they are filled in', () => {
    const templateVariables = { big: 'x'.repeat(100_000) };
    expect(placesOf(load('- {{big}}\n'.repeat(300_000), { templateVariables }))).toHaveLength(1);
  });
});

describe('YAML', () => {
  test('anchors and aliases stand for their value', () => {
    const table = tableOf(
      `- service: a
  default: &common
    from: a.example.com
    to: http://a
    options: &options {timeout: 5s}
- service: b
  default: {from: b.example.com, to: http://b, options: *options}
`,
    );
    expect(table.routes.map((route) => route.timeoutMs)).toEqual([5000, 5000]);
  });

  test('<< takes over keys; what is written out wins, and of several mappings the earlier', () => {
    const route = routeOf(
      `x-one: &one {timeout: 1s, provider_slug: one, preserve_host: on}
x-two: &two {timeout: 2s, reset_deadline: 2s}
services:
  - service: a
    default:
      from: a.example.com
      to: http://a
      options:
        provider_slug: own
        <<: [*one, *two]
`,
    );
    expect(route).toMatchObject({
      providerSlugs: ['own'],
      timeoutMs: 1000,
      resetDeadlineMs: 2000,
      preserveHost: true,
    });
  });

  test('the last of two equal keys counts, with a warning', () => {
    const result = load('- service: a\n  service: b\n  default: {from: a.example.com, to: b}\n');
    expect(placesOf(result)).toEqual(['LK112 2:3']);
    expect(result.table?.routes[0]?.service).toBe('b');
  });

  test('of several documents the first is read, with a warning', () => {
    const result = load(`${withOptions()}---\n- service: other\n`);
    expect(placesOf(result)).toEqual(['LK113 7:1']);
    expect(result.table?.routes).toHaveLength(1);
  });

  test.each(['', '\n', '# nothing\n', '---\n', 'null\n', '~', '[]\n', 'services: []\n'])(
    'an empty file has no routes: %j',
    (text) => {
      const result = load(text);
      expect(result.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['LK216']);
      expect(result.table?.routes).toEqual([]);
    },
  );

  test('lines may end as they do on Windows, and the file may begin with a byte order mark', () => {
    const text = `\uFEFF${withOptions('tmeout: 5s').replaceAll('\n', '\r\n')}`;
    expect(placesOf(load(text))).toEqual(['LK202 6:7']);
  });

  test('a repeated mistake in an aliased value is reported once', () => {
    const text = `- &s {service: a, default: {from: a.example.com, to: b, tpye: simple}}\n- *s\n`;
    expect(load(text).diagnostics.filter((diagnostic) => diagnostic.code === 'LK202')).toHaveLength(1);
  });
});
