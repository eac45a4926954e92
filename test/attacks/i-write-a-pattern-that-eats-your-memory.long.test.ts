// An upstream file with thirty patterns of `(a{1000})` a hundred times over took five seconds and 955 MB to read. Anyone who
// may edit one service of the file stops the proxy of all, at its next look at the file.
import { describe, expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import { performance } from 'node:perf_hooks';
import { noDefaultRules } from '@latchkey/testing';

function fileOf(patterns: readonly string[]): string {
  const lines = patterns.map((pattern) => `        - '${pattern}'\n`).join('');
  return `- service: a\n  default:\n    from: a.example.com\n    to: http://a\n    options:\n      allowed_groups: [g]\n      skip_auth_regex:\n${lines}`;
}

function rewritesOf(patterns: readonly string[]): string {
  return patterns
    .map(
      (pattern, at) =>
        `- {service: s${at}, default: {type: rewrite, from: '${pattern}', to: 'http://a', options: {allowed_groups: [g]}}}\n`,
    )
    .join('');
}

function load(text: string) {
  const startedAt = performance.now();
  const before = process.memoryUsage().heapUsed;
  const loaded = loadUpstreams({
    file: 'upstreams.yml',
    text,
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
  const megabytes = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  return { ...loaded, ms: performance.now() - startedAt, megabytes };
}

const distinct = (count: number, pattern: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => pattern(at));

describe.each([
  ['skip_auth_regex', fileOf, 'LK213', 8],
  ['a rewrite', rewritesOf, 'LK307', 1],
] as const)('%s', (_, text, code, firstLine) => {
  test.each([
    ['many repetitions', '(a{1000})'.repeat(100)],
    ['repetitions of repetitions', '(((((a?b?c?)?d?)?){0,10}){0,10}){0,10}'.repeat(25)],
    ['wide ranges', '[B-\u{1e942}]'.repeat(150)],
    ['tables of Unicode', '\\pL|'.repeat(240)],
  ])('with thirty patterns of %s is refused at once, each at its line', (_what, pattern) => {
    const { table, diagnostics, ms, megabytes } = load(text(distinct(30, (at) => `${pattern}x${at}`)));
    expect(table).toBeUndefined();
    expect(diagnostics.map((each) => [each.code, each.line])).toEqual(
      distinct(30, (at) => String(at)).map((at) => [code, firstLine + Number(at)]),
    );
    expect(diagnostics[0]?.message).toContain('too large');
    expect(ms).toBeLessThan(1_000);
    expect(megabytes).toBeLessThan(50);
  });

  test('with a great many patterns that are each within the bound is refused once they are too much together', () => {
    const { table, diagnostics, ms } = load(text(distinct(500, (at) => `a{900}b{900}c{900}x${at}`)));
    expect(table).toBeUndefined();
    expect(diagnostics.at(-1)).toMatchObject({ code, message: expect.stringContaining('together') });
    expect(ms).toBeLessThan(5_000);
  });

  test('with a thousand ordinary patterns is read', () => {
    const { table } = load(text(distinct(1_000, (at) => `^(.*)[.]app${at}[.]example[.]com$`)));
    expect(table).toBeDefined();
  });

  test('with one pattern many times counts it once', () => {
    const extra = '(a{1000}){1}'.repeat(3);
    const { diagnostics } = load(text([extra, ...distinct(10, () => extra)]));
    expect(diagnostics.filter(({ message }) => message.includes('too large'))).toEqual([]);
  });
});

test('what one file has spent is not missing from the next', () => {
  const full = fileOf(distinct(60, (at) => `a{900}b{900}c{900}x${at}`));
  expect(load(full).table).toBeDefined();
  expect(load(full).table).toBeDefined();
});
